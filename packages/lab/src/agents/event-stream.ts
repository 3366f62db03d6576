/** One message of a server-sent event stream. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/** Longest message that a client takes: a board of 500 agents has about 150 kB. */
const messageBytesMax = 1_000_000;

/** Cuts the bytes of a `text/event-stream` into messages. Comments and unknown fields are skipped. */
export async function* readStream(body: AsyncIterable<Buffer>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest = (rest + decoder.decode(chunk, { stream: true })).replaceAll("\r\n", "\n");
    for (;;) {
      const end = rest.indexOf("\n\n");
      if (end < 0) break;
      const message = parseMessage(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (message !== null) yield message;
    }
    if (rest.length > messageBytesMax) throw new RangeError("a stream message is too long");
  }
}

function parseMessage(block: string): StreamMessage | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}
