import { Store } from "../../shared/store";

const storageKey = "dcmms.alert-sound";

/** Whether a new critical alert is heard. It is off until somebody wants it, on this device. */
export const sound = new Store<boolean>(localStorage.getItem(storageKey) === "on");

let audio: AudioContext | undefined;

/** Browsers give sound only to those who have pressed something: the switch is that. */
export function switchSound(on: boolean): void {
  localStorage.setItem(storageKey, on ? "on" : "off");
  sound.set(on);
  if (on) ring();
}

/** Two short tones, the second one higher. */
export function ring(): void {
  if (!sound.get()) return;
  audio ??= new AudioContext();
  void audio.resume();
  tone(audio, 660, 0);
  tone(audio, 880, 0.18);
}

function tone(context: AudioContext, frequency: number, after: number): void {
  const begin = context.currentTime + after;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, begin);
  volume.gain.exponentialRampToValueAtTime(0.25, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.16);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + 0.17);
}
