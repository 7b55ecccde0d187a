// Fills the response templates of the BundID simulators: [(${params.x})], and one loop over attributes.
const LOOP = /\[#\s*th:each="(\w+):\s*\$\{attributes\}"\]([\s\S]*?)\[\/\]/g;
const SLOT = /\[\(\$\{([\w.]+)\}\)\]/g;

export function fill(template, values) {
  const looped = template.replace(LOOP, (_, name, body) =>
    values.attributes.map((attribute) => slots(body, { ...values, [name]: attribute })).join(""));
  return slots(looped, values).replace(/^\s*<\?xml[^>]*\?>\s*/, "");
}

function slots(text, values) {
  return text.replace(SLOT, (_, path) => {
    const found = path.split(".").reduce((value, name) => value?.[name], values);
    if (found === undefined) throw new Error(`the template asks for ${path}, which nobody filled in`);
    return escaped(String(found));
  });
}

export function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => names[sign]);
}
