import type { KeyCreationOptions, NewCredential } from "generated/api";

/** Why a browser has not given a key (Web Authentication, section 5.1.3). */
export type KeyFailure = "cancelled" | "known" | "elsewhere" | "failed";

const failures: Record<string, KeyFailure> = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known", SecurityError: "elsewhere" };

export class KeyError extends Error {
  constructor(readonly failure: KeyFailure) {
    super(failure);
    this.name = "KeyError";
  }
}

/** Browsers have keys only on pages that came over TLS, or from the machine itself. */
export const hasSecurityKeys = (): boolean => "PublicKeyCredential" in window && "credentials" in navigator;

/** Asks the browser for a new key: the person touches it, or proves otherwise that they are there. */
export async function createKey(options: KeyCreationOptions): Promise<NewCredential> {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((known) => ({ ...known, id: bytesOf(known.id) })),
  } as PublicKeyCredentialCreationOptions;
  let made: PublicKeyCredential | null;
  try {
    made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  } catch (error) {
    throw new KeyError((error instanceof Error && failures[error.name]) || "failed");
  }
  if (!made) throw new KeyError("failed");
  const { clientDataJSON, attestationObject, getTransports } = made.response as AuthenticatorAttestationResponse & { getTransports?: () => string[] };
  return {
    id: made.id,
    type: "public-key",
    response: {
      clientDataJSON: textOf(clientDataJSON),
      attestationObject: textOf(attestationObject),
      transports: getTransports?.call(made.response) ?? [],
    },
  };
}

/** Base 64 for URLs (RFC 4648, section 5), without padding. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const letters = [...new Uint8Array(bytes)].map((byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
