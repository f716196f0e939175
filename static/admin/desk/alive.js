/* Whether the server answers: asked again and again while the page is seen, so that an editor who only reads is told, too. */

const EVERY = 1500; // milliseconds
const PATIENCE = 3000; // milliseconds: with the time between, people are told within five seconds
let listener = () => {};
let silence = "";
let isAsking = false;

/** Called with "offline" or "server" when no answer comes, and with "" when one comes again. */
export const onSilence = (handler) => { listener = handler; };

const tell = (why) => {
    if (why !== silence) {
        silence = why;
        listener(why);
    }
};

const isAnswered = async () => {
    try {
        return (await fetch("/healthz", {cache: "no-store", signal: AbortSignal.timeout(PATIENCE)})).ok;
    } catch {
        return false;
    }
};

const ask = async () => {
    if (isAsking || document.hidden) {
        return;
    }
    isAsking = true;
    const answered = await isAnswered();
    isAsking = false;
    if (navigator.onLine || answered) {
        tell(answered ? "" : "server");
    } else {
        tell("offline");
    }
};

setInterval(ask, EVERY);
addEventListener("offline", () => tell("offline"));
addEventListener("online", ask);
