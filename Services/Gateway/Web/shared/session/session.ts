import { useCallback } from "react";
import type { Permission, UserResponse } from "generated/api";
import { Problem } from "../api/Problem";
import { rest } from "../data/pause";
import { Store } from "../store";

/** Why somebody has to sign in while a page is open. */
export type SignInReason = "session_ended" | "step_up_required";

export type SessionState =
  | { phase: "loading" }
  | { phase: "failed"; problem: Problem }
  | { phase: "signed_in"; user: UserResponse; csrfToken: string; askedFor: SignInReason | null };

/** When the session ends if nobody uses it, and when it ends in any case: in milliseconds of this machine's clock. */
export interface Ends {
  at: number;
  latest: number;
  /** As the gateway has said it. */
  said: string;
}

/** What the gateway says of a session. */
interface Answer {
  csrfToken: string;
  user: UserResponse;
  endsAt: string | null;
  endsAtLatest: string | null;
}

/** Who is signed in. The browser has a cookie that no script can read; tokens stay in the gateway. */
class Session {
  readonly state = new Store<SessionState>({ phase: "loading" });
  /** `null` while nobody knows it. */
  readonly ends = new Store<Ends | null>(null);
  private waiting: ((isRenewed: boolean) => void)[] = [];
  /** How many questions there were, and which of them was the last to be answered: what comes later is old. */
  private asked = 0;
  private answered = 0;
  /** The person has been asked to sign in again and goes on reading: they are asked anew by what they do, not by what happens behind it. */
  private isPutOff = false;

  get csrfToken(): string | null {
    const state = this.state.get();
    return state.phase === "signed_in" ? state.csrfToken : null;
  }

  /** Asks the gateway. Whoever is not signed in goes to the login page, and comes back here. */
  async load(): Promise<void> {
    return this.take(() => fetch("/auth/session", { headers: { Accept: "application/json" }, cache: "no-store" }));
  }

  /** Puts the end of the session off. Throws a ``Problem`` if that can't be done now. */
  async stay(): Promise<void> {
    const headers = { Accept: "application/json", "X-CSRF-Token": this.csrfToken ?? "" };
    try {
      await this.take(() => fetch("/auth/session", { method: "POST", headers }));
    } catch (error) {
      throw error instanceof Problem ? error : Problem.unreachable();
    }
  }

  private async take(ask: () => Promise<Response>): Promise<void> {
    const turn = ++this.asked;
    try {
      const response = await ask();
      const before = this.state.get();
      // Whoever has a page open signs in beside it: nothing that they have typed is lost.
      if (response.status === 401 && before.phase === "signed_in") {
        if (!this.isPutOff) this.state.set({ ...before, askedFor: "session_ended" });
        return this.ends.set(null);
      }
      if (response.status === 401) return leaveForLogin();
      if (!response.ok) throw await Problem.of(response);
      const answer = (await response.json()) as Answer;
      const { csrfToken, user } = answer;
      // Somebody else has signed in here: nothing of the page may be theirs.
      if (before.phase === "signed_in" && before.user.id !== user.id) return location.reload();
      this.isPutOff = false;
      if (turn > this.answered) {
        this.answered = turn;
        this.ends.set(endsOf(answer, response, this.ends.get()));
      }
      const next = { phase: "signed_in" as const, user, csrfToken, askedFor: null };
      // Nothing is drawn again if all is as it was.
      if (JSON.stringify(next) !== JSON.stringify(before)) this.state.set(next);
      this.answer(true);
    } catch (error) {
      if (this.state.get().phase === "signed_in") throw error;
      this.state.set({ phase: "failed", problem: error instanceof Problem ? error : Problem.unreachable() });
    }
  }

  /** Another page of this browser has learned when the session ends: later than what was asked here before. */
  hear(ends: Ends): void {
    this.answered = this.asked;
    if (ends.said !== this.ends.get()?.said) this.ends.set(ends);
  }

  /** What the person may do can have changed. Whoever is just asked to sign in, or to stay, is not disturbed. */
  async refresh(): Promise<void> {
    const state = this.state.get();
    if (!rest.get() && state.phase === "signed_in" && state.askedFor === null) await this.load().catch(() => undefined);
  }

  /**
   * Waits until the person has signed in again, if that is what the problem asks for.
   *
   * @returns Whether the request can be sent again.
   */
  async recovers(problem: Problem): Promise<boolean> {
    const reason = reasonOf(problem);
    const state = this.state.get();
    if (reason === null || state.phase !== "signed_in") return false;
    this.isPutOff = false;
    this.state.set({ ...state, askedFor: reason });
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The person does not want to sign in again now: what waits for it is refused. */
  dismiss(): void {
    const state = this.state.get();
    if (state.phase === "signed_in") {
      this.isPutOff = state.askedFor === "session_ended";
      this.state.set({ ...state, askedFor: null });
    }
    this.answer(false);
  }

  /** Ends the session everywhere, also at the identity provider. */
  async signOut(): Promise<void> {
    const response = await fetch("/auth/logout", { method: "POST", headers: { "X-CSRF-Token": this.csrfToken ?? "" } });
    if (!response.ok && response.status !== 401) throw await Problem.of(response);
    const answer = response.ok ? ((await response.json()) as { logoutUrl: string | null }) : null;
    location.assign(answer?.logoutUrl ?? "/");
  }

  private answer(isRenewed: boolean): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve(isRenewed);
  }
}

/** The clocks of the two machines can differ. What is said once more is the same value. */
function endsOf({ endsAt, endsAtLatest }: Answer, response: Response, before: Ends | null): Ends | null {
  if (!endsAt || !endsAtLatest) return null;
  const said = `${endsAt} ${endsAtLatest}`;
  if (before?.said === said) return before;
  const there = Date.parse(response.headers.get("Date") ?? "");
  const ahead = Number.isNaN(there) ? 0 : Date.now() - there;
  return { at: Date.parse(endsAt) + ahead, latest: Date.parse(endsAtLatest) + ahead, said };
}

function reasonOf(problem: Problem): SignInReason | null {
  if (problem.status !== 401) return null;
  return problem.code === "step_up_required" ? "step_up_required" : "session_ended";
}

export const loginURL = (returnTo: string, isFresh = false): string =>
  `/auth/login?${new URLSearchParams({ return_to: returnTo, ...(isFresh ? { prompt: "login" } : {}) })}`;

function leaveForLogin(): void {
  location.assign(loginURL(location.pathname + location.search));
}

export const session = new Session();

/** The person who is signed in. Only below the part of the app that waits for the session. */
export function useUser(): UserResponse {
  const state = session.state.use();
  if (state.phase !== "signed_in") throw new Error("nobody is signed in");
  return state.user;
}

export type Condition = NonNullable<UserResponse["limits"]>[number]["condition"];

/** Whether somebody may do something; `meets`: whether a thing meets a condition that their roles make. Without it, any thing that does is thought of. */
export type May = (permission: Permission, meets?: (condition: Condition) => boolean) => boolean;

/** Whether the person may do something somewhere. What it allows in one place is the server's to say. */
export function useMay(): May {
  const { permissions, limits } = useUser();
  return useCallback(
    (permission, meets) => {
      const asked = meets ? limits?.filter((one) => one.permission === permission) ?? [] : [];
      return (permissions?.includes(permission) ?? false) && (asked.length === 0 || asked.some(({ condition }) => meets?.(condition)));
    },
    [permissions, limits]
  );
}
