import { SaxesParser } from "saxes";
import type { Attributes, Collector, ModelDescription } from "./description.ts";
import { CollectorOf2 } from "./description-of-2.ts";
import { CollectorOf3 } from "./description-of-3.ts";

/** modelDescription.xml cannot be read. The message is the end of a sentence that begins with the file's name. */
export class BadDescription extends Error {
  override readonly name = "BadDescription";
}

/** Far above the standard's own structure. More would only fill the memory. */
const MAX_DEPTH = 50;
const MAX_ATTRIBUTES = 200;

/** Characters that are parsed at a time. */
const CHUNK = 1 << 16;

/**
 * Reads modelDescription.xml as a stream of tags: no tree of its 50,000 elements is made. Document type declarations are
 * refused, and with them every entity but XML's own five.
 * @throws BadDescription
 */
export function readModelDescription(bytes: Uint8Array): ModelDescription {
  const text = decode(bytes);
  const parser = new SaxesParser({ position: true, xmlns: false as const });
  let collected: Collector | undefined;
  const path: string[] = [];
  parser.on("error", (error) => {
    throw new BadDescription(`is not well-formed XML: ${error.message.slice(0, 150)}`);
  });
  parser.on("doctype", () => {
    throw new BadDescription("has a document type declaration, which is not allowed");
  });
  let attributes = 0;
  parser.on("attribute", () => {
    if (++attributes > MAX_ATTRIBUTES)
      throw new BadDescription(`has an element of more than ${MAX_ATTRIBUTES} attributes`);
  });
  parser.on("opentag", (tag) => {
    attributes = 0;
    if (path.length === 0) collected = begin(tag.name, tag.attributes);
    else collected?.open(path, tag.name, tag.attributes);
    path.push(tag.name);
    if (path.length > MAX_DEPTH) throw new BadDescription(`has elements within elements, ${MAX_DEPTH} deep`);
  });
  parser.on("closetag", () => {
    path.pop();
    collected?.close(path);
  });
  for (let at = 0; at < text.length; at += CHUNK) parser.write(text.slice(at, at + CHUNK));
  parser.close();
  if (collected === undefined) throw new BadDescription("is empty");
  return collected.description();
}

/** What reads the file whose root element this is. */
function begin(name: string, attributes: Attributes): Collector {
  if (name !== "fmiModelDescription") throw new BadDescription(`is about something else: its root is ${name}`);
  return attributes.fmiVersion?.startsWith("3.") === true ? new CollectorOf3(attributes) : new CollectorOf2(attributes);
}

/** Decodes the file in the encoding that it names, or in UTF-8. */
function decode(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString("latin1");
  const named = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1] ?? "utf-8";
  if (!/^(utf-?8|us-ascii|iso-8859-1|iso-8859-15|windows-1252)$/i.test(named)) {
    throw new BadDescription(`is written in ${named}, and must be in UTF-8`);
  }
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes);
  } catch {
    throw new BadDescription(`is not written in ${named}, as it says`);
  }
}
