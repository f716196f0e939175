/* Lets the browser ask a security key or passkey (WebAuthn), and sends what it answers as the field of a form.

   Bytes are base64url in what the page says and in what is sent. The browsers' own conversions (toJSON) are not used: those that
   password managers put in their place fail in some browsers. */

const TROUBLES = {
    NotAllowedError: "Nothing came from the key: that was cancelled, or took too long. Try again.",
    AbortError: "Nothing came from the key: that was cancelled, or took too long. Try again.",
    InvalidStateError: "This key is set up already. Use another one.",
    SecurityError: "The browser refuses security keys at this address.",
    NotSupportedError: "This key can’t be used here. Use another one.",
};

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
        .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (keys) => (keys ?? []).map((key) => ({...key, id: bytes(key.id)}));

const credential = ({id, rawId, type, authenticatorAttachment}, response, more = {}) =>
    JSON.stringify({id, rawId: text(rawId), type, authenticatorAttachment, response, ...more});

const create = async (options) => {
    const publicKey = {
        ...options,
        challenge: bytes(options.challenge),
        user: {...options.user, id: bytes(options.user.id)},
        excludeCredentials: known(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({publicKey});
    const {clientDataJSON, attestationObject} = made.response;
    return credential(
        made,
        {
            clientDataJSON: text(clientDataJSON),
            attestationObject: text(attestationObject),
            transports: made.response.getTransports?.() ?? [],
        },
        {clientExtensionResults: made.getClientExtensionResults()},
    );
};

const get = async (options) => {
    const publicKey = {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: known(options.allowCredentials),
    };
    const shown = await navigator.credentials.get({publicKey});
    const {clientDataJSON, authenticatorData, signature, userHandle} = shown.response;
    return credential(shown, {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: userHandle ? text(userHandle) : null,
    });
};

const form = document.getElementById("key-form");

const ask = async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    const said = form.querySelector("[role=status]");
    const options = JSON.parse(document.getElementById("key-options").textContent);
    button.disabled = true;
    said.textContent = "Waiting for your key…";
    try {
        form.elements.key.value = await (form.dataset.key === "create" ? create : get)(options);
        form.submit();
    } catch (error) {
        said.textContent = TROUBLES[error.name] ?? `The browser couldn’t use the key (${error.name}). Try again, or use another browser.`;
        button.disabled = false;
        button.focus();
    }
};

if (form && window.PublicKeyCredential) {
    document.getElementById("no-keys").remove();
    form.hidden = false;
    form.addEventListener("submit", ask);
    form.querySelector("[autofocus]")?.focus();
}
