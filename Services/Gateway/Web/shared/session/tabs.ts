import { session, type Ends } from "./session";

const channelName = "dcmms.session";
const signedIn = "signed_in";

/** Tells the pages that are open, and closes the window that the person signed in with. */
export function announceSignIn(): void {
  new BroadcastChannel(channelName).postMessage(signedIn);
  window.close();
}

/** Pages of one browser have one session: what one of them learns of its end, the others need not ask. */
export function followTabs(): () => void {
  const channel = new BroadcastChannel(channelName);
  let heard: Ends | null = null;
  channel.onmessage = ({ data }: MessageEvent<Ends | typeof signedIn>) => {
    if (data === signedIn) {
      void session.load().catch(() => undefined);
    } else {
      heard = data;
      session.hear(data);
    }
  };
  const tell = () => {
    const ends = session.ends.get();
    if (ends !== null && ends !== heard) channel.postMessage(ends);
  };
  tell();
  const stop = session.ends.watch(tell);
  return () => {
    stop();
    channel.close();
  };
}
