/** One end of a process's message channel. */
export interface Port {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
}

export type Methods = Record<string, (params: never) => unknown>;

interface Message {
  id: number;
  method?: string;
  params?: unknown;
  value?: unknown;
  error?: string;
}

export interface Channel {
  ask<T>(method: string, params?: object): Promise<T>;
  /** The other side is gone: open questions and all to come are refused. */
  end(): void;
}

/** Questions and answers in both directions between the app under test and the test that plays its window system. */
export function openChannel(port: Port, methods: Methods): Channel {
  const waiting = new Map<number, (answer: Pick<Message, 'value' | 'error'>) => void>();
  let lastId = 0;
  let isOver = false;

  port.onMessage(async (received) => {
    const message = received as Message;
    if (message.method === undefined) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
      return;
    }
    const method = methods[message.method] as ((params: unknown) => unknown) | undefined;
    try {
      if (!method) throw new Error(`Nobody answers ${message.method}`);
      port.send({ id: message.id, value: await method(message.params) });
    } catch (error) {
      port.send({ id: message.id, error: (error as Error).message });
    }
  });

  return {
    ask<T>(method: string, params?: object) {
      const id = ++lastId;
      return new Promise<T>((resolve, reject) => {
        const answer = ({ value, error }: Pick<Message, 'value' | 'error'>) =>
          error === undefined ? resolve(value as T) : reject(new Error(error));
        if (isOver) return answer(gone);
        waiting.set(id, answer);
        port.send({ id, method, params });
      });
    },
    end() {
      isOver = true;
      for (const answer of waiting.values()) answer(gone);
      waiting.clear();
    },
  };
}

const gone = { error: 'The other side is gone' };
