/* Two texts compared word by word. */

const MOST = 400; // words; a longer text is shown as it is

const wordsOf = (text) => text.match(/\s+|[^\s]+/g) ?? [];

/** How long the longest common run of words is from each pair of places on. */
const common = (one, other) => {
    const lengths = Array.from({length: one.length + 1}, () => new Uint16Array(other.length + 1));
    for (let i = one.length - 1; i >= 0; i -= 1) {
        for (let j = other.length - 1; j >= 0; j -= 1) {
            lengths[i][j] = one[i] === other[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
        }
    }
    return lengths;
};

const marked = (name, text) => {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
};

/** The later text as nodes: what was added in `ins`, what was removed in `del`. */
export const compared = (before, after) => {
    const one = wordsOf(before);
    const other = wordsOf(after);
    if (!before || one.length > MOST || other.length > MOST) {
        return [after];
    }
    const lengths = common(one, other);
    const parts = [];
    const push = (kind, word) => {
        if (parts.at(-1)?.kind === kind) {
            parts.at(-1).text += word;
        } else {
            parts.push({kind, text: word});
        }
    };
    let i = 0;
    let j = 0;
    while (i < one.length || j < other.length) {
        if (i < one.length && j < other.length && one[i] === other[j]) {
            push("", one[i]);
            i += 1;
            j += 1;
        } else if (j < other.length && (i === one.length || lengths[i][j + 1] >= lengths[i + 1][j])) {
            push("ins", other[j]);
            j += 1;
        } else {
            push("del", one[i]);
            i += 1;
        }
    }
    return parts.map(({kind, text}) => (kind ? marked(kind, text) : text));
};
