// A SAML 2.0 identity provider in the manner of BundID, made of samlify: node server.js SETTINGS.json
// Prints the port it listens on (127.0.0.1). People are chosen on its page; nobody has a password.
import { readFileSync } from "node:fs";
import { randomUUID, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import { DOMParser } from "@xmldom/xmldom";
import yaml from "js-yaml";
import samlify from "samlify";
import xpath from "xpath";
import { escaped, fill } from "./fill.js";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const read = (name) => readFileSync(settings[name], "utf8");
const fields = yaml.load(read("fields")).fields;
const users = new Map(yaml.load(read("users")).users.map((user) => [user.id, user]));
const template = read("template");
const errorTemplate = read("errorTemplate");
const STATUS = "urn:oasis:names:tc:SAML:2.0:status:";
const AKDB = "https://www.akdb.de/request/2018/09";
const select = xpath.useNamespaces({
  akdb: AKDB,
  samlp: "urn:oasis:names:tc:SAML:2.0:protocol",
  saml: "urn:oasis:names:tc:SAML:2.0:assertion",
});

samlify.setSchemaValidator({ validate: async () => "well-formed" });

let serviceProvider;
let address;
const waiting = new Map();

function identityProvider(choice = {}) {
  return samlify.IdentityProvider({
    entityID: settings.entityId,
    privateKey: read("key"),
    signingCert: read("certificate"),
    wantAuthnRequestsSigned: true,
    requestSignatureAlgorithm: choice.signature ?? settings.signature,
    isAssertionEncrypted: choice.encrypt !== false,
    dataEncryptionAlgorithm: choice.content ?? "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    keyEncryptionAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    nameIDFormat: ["urn:oasis:names:tc:SAML:2.0:nameid-format:transient"],
    singleSignOnService: [
      { Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: `${address}/sso` },
    ],
    loginResponseTemplate: { context: "<replaced/>", attributes: [] },
  });
}

// The service provider as its own metadata describes it, wanting signatures of the given places.
function provider(signed = "both") {
  const wants = signed === "both" || signed === "assertion" ? "true" : "false";
  return samlify.ServiceProvider({
    metadata: serviceProvider.replace(/WantAssertionsSigned="\w+"/, `WantAssertionsSigned="${wants}"`),
    wantMessageSigned: signed !== "assertion",
  });
}

async function askedBy(form) {
  const parsed = await identityProvider().parseLoginRequest(provider(), "post", { body: form });
  const xml = Buffer.from(form.SAMLRequest, "base64").toString();
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const one = (path) => String(select(`string(${path})`, document));
  const wanted = select("//akdb:RequestedAttribute/@Name", document).map((node) => node.value);
  return {
    info: parsed,
    xml,
    relay: form.RelayState ?? "",
    id: one("/samlp:AuthnRequest/@ID"),
    issuer: one("/samlp:AuthnRequest/saml:Issuer"),
    consumer: one("/samlp:AuthnRequest/@AssertionConsumerServiceURL"),
    level: one("//saml:AuthnContextClassRef"),
    wanted,
  };
}

function attributesOf(user, level, asked, choice) {
  const known = { ...user, eidCitizenQaaLevel: level, assertionProvedBy: provedBy(level), version: "2", ...choice };
  const blankless = (name) => name.replaceAll(" ", "");
  return fields
    .filter((field) => known[field.name] && asked.wanted.includes(blankless(field.attributes.name)))
    .map((field) => ({
      name: field.attributes.name,
      friendlyName: field.attributes.friendlyName,
      trustLevel: field.attributes.trustLevel ?? field.trustLevel ?? level,
      value: known[field.name],
    }));
}

function provedBy(level) {
  return { "STORK-QAA-Level-4": "eID", "STORK-QAA-Level-3": "Elster" }[level] ?? "Benutzername";
}

async function answer(asked, user, level, choice) {
  const moment = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
  const params = {
    id: `_${randomUUID()}`,
    assertionId: `_${randomUUID()}`,
    requestId: asked.id,
    created: moment(0),
    ascUrl: asked.consumer,
    idpId: settings.entityId,
    spEntityId: asked.issuer,
    nameId: `_${randomUUID()}`,
    subjectConfirmationRecipient: asked.consumer,
    subjectConfirmationNotOnOrAfter: moment(300),
    notBefore: moment(0),
    notOnOrAfter: moment(300),
    authnInstant: moment(0),
    sessionNotOnOrAfter: moment(3600),
    sessionIndex: `_${randomUUID()}`,
    userAuthnLevel: level,
    ...choice.params,
  };
  const attributes = attributesOf(user, level, asked, choice.attributes);
  const context = fill(template, { params, attributes });
  const made = await identityProvider(choice).createLoginResponse(provider(choice.signed), asked.info, "post", {}, {
    customTagReplacement: () => ({ id: params.id, context }),
    encryptThenSign: true,
  });
  return made.context;
}

function failure(asked, status) {
  const params = {
    id: `_${randomUUID()}`,
    requestId: asked.id,
    created: new Date().toISOString(),
    ascUrl: asked.consumer,
    idpId: settings.entityId,
  };
  const minorCode = STATUS + (status.minor ?? "AuthnFailed");
  const values = { params, status: { majorCode: STATUS + "Requester", minorCode, message: status.message ?? "" } };
  return Buffer.from(fill(errorTemplate, values)).toString("base64");
}

const page = (body) => `<!doctype html><html lang="de"><title>Test</title><body>${body}</body></html>`;
const field = (name, value) => `<input type="hidden" name="${name}" value="${escaped(value)}">`;

async function chooser(form) {
  const asked = await askedBy(form);
  const key = randomUUID();
  waiting.set(key, asked);
  const people = [...users.keys()].map((id) => `<option>${escaped(id)}</option>`).join("");
  return page(`<form method="post" action="/login">${field("key", key)}${field("level", asked.level)}
    <select name="user">${people}</select><button>Anmelden</button></form>`);
}

async function login(form) {
  const asked = waiting.get(form.key);
  waiting.delete(form.key);
  const choice = JSON.parse(form.choice ?? "{}");
  const response = choice.status
    ? failure(asked, choice.status)
    : await answer(asked, users.get(form.user), form.level, choice);
  return page(`<form method="post" action="${escaped(asked.consumer)}">
    ${field("SAMLResponse", response)}${field("RelayState", asked.relay)}<button>Weiter</button></form>`);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

async function handle(request) {
  if (request.method === "GET" && request.url === "/metadata") return identityProvider().getMetadata();
  const body = await bodyOf(request);
  if (request.method === "PUT" && request.url === "/service-provider") {
    serviceProvider = body;
    return "";
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  if (request.method === "POST" && request.url === "/sso") return chooser(form);
  if (request.method === "POST" && request.url === "/login") return login(form);
  throw new Error(`nothing is at ${request.method} ${request.url}`);
}

const server = createServer((request, response) => {
  handle(request).then(
    (text) => response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(text),
    (error) => response.writeHead(400, { "Content-Type": "text/plain" }).end(String(error?.stack ?? error)),
  );
});
server.listen(0, "127.0.0.1", () => {
  new X509Certificate(read("certificate"));
  address = `http://127.0.0.1:${server.address().port}`;
  console.log(server.address().port);
});
// Whoever started this holds the other end of its input: when they go, so does it.
process.stdin.on("end", () => process.exit(0)).resume();
