/// Why an answer of a security key is not accepted.
public enum KeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something in it is not in the form that the protocol has.
    case malformed
    /// It answers another kind of question: a registration is no login.
    case wrongType
    /// It answers another question than the one that was asked.
    case wrongChallenge
    /// It was made on a page of somebody else, or in a frame of one.
    case wrongOrigin
    /// It is for another relying party.
    case wrongRelyingParty
    /// Nobody touched the key.
    case userAbsent
    /// The key's kind or algorithm is not accepted.
    case algorithm
    /// The statement about the authenticator is in a format that is not accepted, or is not what the format asks for.
    case attestation
    /// It was not signed by the key.
    case signature

    /// For the person who reads why: `was …`.
    public var description: String {
        switch self {
        case .malformed: "is not in the form that Web Authentication has"
        case .wrongType: "is an answer to another kind of question"
        case .wrongChallenge: "answers a question that was not asked, was answered already, or is too old"
        case .wrongOrigin: "was made on a page of another origin"
        case .wrongRelyingParty: "was made for another site"
        case .userAbsent: "was made without anybody touching the key"
        case .algorithm: "has a key of a kind that is not accepted"
        case .attestation: "has a statement about the key that is not accepted"
        case .signature: "is not signed by the key"
        }
    }
}
