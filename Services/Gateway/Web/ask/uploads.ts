import { Problem } from "../shared/api/Problem";
import { Store } from "../shared/store";
import { sendPhoto } from "./public";

/** A picture on its way to a request. */
export interface Sending { key: number; receipt: string; photo: Blob; phase: "waiting" | "sending" | "sent" | "failed"; problem?: Problem }

const all = new Store<Sending[]>([]);
let made = 0;

const set = (key: number, values: Partial<Sending>): void => all.set(all.get().map((one) => (one.key === key ? { ...one, ...values } : one)));

async function send(at: { token: string; receipt: string }, { key, photo }: Sending): Promise<void> {
  set(key, { phase: "sending" });
  try {
    await sendPhoto(at, photo);
    set(key, { phase: "sent" });
  } catch (error) {
    set(key, { phase: "failed", problem: Problem.from(error) });
  }
}

/** Pictures follow their request, one after the other: a slow network is not asked for all at once. */
export function useUploads() {
  const sending = all.use();
  const run = async (at: { token: string; receipt: string }, them: readonly Sending[]) => {
    for (const one of them) await send(at, one);
  };
  return {
    of: (receipt: string) => sending.filter((one) => one.receipt === receipt),
    begin: (at: { token: string; receipt: string }, photos: readonly Blob[]) => {
      const begun = photos.map((photo): Sending => ({ key: ++made, receipt: at.receipt, photo, phase: "waiting" }));
      all.set([...all.get(), ...begun]);
      void run(at, begun);
    },
    again: (at: { token: string; receipt: string }) => void run(at, all.get().filter((one) => one.receipt === at.receipt && one.phase === "failed")),
  };
}
