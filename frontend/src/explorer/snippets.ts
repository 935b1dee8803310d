// The operation at hand as a program. The token is never written into it: it comes from the environment.
import type { Operation } from "./post";

/** Makes a program that sends the operation to the API at `url`. */
export type Snippet = (url: string, operation: Operation) => string;

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** Source files hold no halves of surrogate pairs; in JSON they are escapes. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\ufffd");

/** What stands between single quotes is taken as it is by every POSIX shell; only the quote itself needs help. */
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command for any POSIX shell. */
export const curl: Snippet = (url, operation) =>
  [
    `curl ${shell(url)}`,
    `  --header "Authorization: Bearer $ROSTER_TOKEN"`,
    `  --header 'Content-Type: application/json'`,
    // Not --data, which would read a file where the text begins with @.
    `  --data-raw ${shell(json(operation))}`,
  ].join(" \\\n");

/**
 * A string of Go: raw where that can hold it, which is nearly always. Raw ones have no backquote and lose carriage
 * returns, and neither NUL nor a byte order mark may stand in a source file. All escapes of JSON are also Go's.
 */
function goString(text: string): string {
  const plain = wellFormed(text);
  if (!/[`\r\0\ufeff]/.test(plain)) return `\`${plain}\``;
  return JSON.stringify(plain).replaceAll("\ufeff", "\\ufeff");
}

/** A whole program of Go, of the standard library alone. */
export const go: Snippet = (url, { query, variables, operationName }) => `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

const query = ${goString(query)}
${variables ? `\nconst variables = ${goString(json(variables))}\n` : ""}
func main() {
	body, err := json.Marshal(map[string]any{
${goMembers({
  query: "query",
  ...(variables && { variables: "json.RawMessage(variables)" }),
  ...(operationName && { operationName: goString(operationName) }),
})}
	})
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, ${goString(url)}, bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("ROSTER_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\\n%s\\n", response.Status, answer)
}
`;

/** Lines of a map, with their values below each other as gofmt wants them. */
function goMembers(members: Record<string, string>): string {
  const widest = Math.max(...Object.keys(members).map((name) => name.length));
  return Object.entries(members)
    .map(([name, value]) => `\t\t"${name}": ${" ".repeat(widest - name.length)}${value},`)
    .join("\n");
}

/** A template literal: lines stay lines. It would turn a carriage return into a line feed. */
const template = (text: string) =>
  `\`${wellFormed(text)
    .replace(/[\\`]|\$(?=\{)/g, "\\$&")
    .replaceAll("\r", "\\r")}\``;

/** A module of TypeScript for Node.js, Deno or Bun. */
export const typeScript: Snippet = (url, { query, variables, operationName }) => {
  const members = ["query", ...(variables ? ["variables"] : []), ...(operationName ? ["operationName"] : [])];
  return `// Node.js: save it as a module, request.mjs.
const query = ${template(query)};
${variables ? `\nconst variables = ${json(variables)};\n` : ""}${
  operationName ? `\nconst operationName = ${json(operationName)};\n` : ""
}
const response = await fetch(${json(url)}, {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.ROSTER_TOKEN}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ ${members.join(", ")} }),
});
console.log(response.status, JSON.stringify(await response.json(), null, 2));
`;
};
