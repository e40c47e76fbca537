import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter, readableLine } from '../emulator/lambda/output.ts';

export interface FunctionLogs {
  /** `shown`: whether a reader sees it too; yes unless said. */
  write(functionName: string, chunk: string, shown?: boolean): void;
  close(): Promise<void>;
}

/** Keeps every line as it is in `<directory>/<function>.log`, and hands those for a reader on to `print`. */
export function functionLogs(directory: string, now: () => number, print: (line: string) => void): FunctionLogs {
  mkdirSync(directory, { recursive: true });
  const files = new Map<string, { readonly stream: WriteStream; readonly split: (chunk: string) => void }>();
  const open = (functionName: string) => {
    const stream = createWriteStream(join(directory, `${functionName}.log`), { flags: 'a' });
    const split = lineSplitter((line) => {
      const readable = readableLine(functionName, line, now());
      if (readable !== undefined) print(readable);
    });
    return { stream, split };
  };
  return {
    write: (functionName, chunk, shown = true) => {
      let file = files.get(functionName);
      if (!file) files.set(functionName, (file = open(functionName)));
      file.stream.write(chunk);
      if (shown) file.split(chunk);
    },
    close: async () => {
      await Promise.all([...files.values()].map(({ stream }) => new Promise<void>((done) => stream.end(done))));
    },
  };
}
