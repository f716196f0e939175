// What gatsby-transformer-remark makes of each file, asked as Gatsby asks it, without the rest of Gatsby.
const fs = require("fs");
const path = require("path");
const Module = require("module");

const load = Module._load;
Module._load = (name, ...rest) => (name === "gatsby/graphql" ? load("graphql", ...rest) : load(name, ...rest));
const { onCreateNode } = require("gatsby-transformer-remark/on-node-create");
const extend = require("gatsby-transformer-remark/extend-node-type");

const [folder, out] = process.argv.slice(2);
const memory = new Map();
const cache = { get: async (key) => memory.get(key), set: async (key, value) => memory.set(key, value) };
const reporter = { info() {}, warn: console.warn, panic(error) { throw error; }, panicOnBuild(error) { throw error; } };

(async () => {
  const options = { plugins: [] };
  const fields = await extend(
    { type: { name: "MarkdownRemark" }, basePath: "", getNode: () => null, getNodesByType: () => [], getNodes: () => [], cache,
      getCache: () => cache, reporter },
    options,
  );
  for (const name of fs.readdirSync(folder).filter((one) => one.endsWith(".md"))) {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    let made;
    const actions = { createNode: (node) => { made = node; }, createParentChildLink() {} };
    await onCreateNode.call({}, {
      node: { id: name, internal: { mediaType: "text/markdown", type: "File" }, children: [], absolutePath: name },
      loadNodeContent: async () => text, actions, createNodeId: (id) => id, reporter, createContentDigest: (one) => String(text.length) + one.id,
    }, options);
    const html = await fields.html.resolve(made);
    const { title, date, slug } = made.frontmatter;
    const page = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><time datetime="${new Date(date).toISOString()}"></time><main>${html}</main></body></html>`;
    fs.mkdirSync(path.join(out, "posts", slug), { recursive: true });
    fs.writeFileSync(path.join(out, "posts", slug, "index.html"), page);
  }
})().catch((error) => { console.error(error); process.exit(1); });
