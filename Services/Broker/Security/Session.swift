/// One connection: who its client is, and how far its login has got.
final class Session: @unchecked Sendable {  // confined to the node's event loop
    enum Login {
        /// Not begun.
        case none
        case plain
        case scram(ScramExchange)
        /// The client is known by SASL or its certificate, or no login is needed.
        case over
    }

    /// Kafka's name for a client that did not have to log in.
    static let anonymous = "ANONYMOUS"
    /// A login is small: before it, a client must not make us collect more.
    private static let maxStrangersFrame: Int32 = 16 << 10

    let peer: String
    let isEncrypted: Bool
    var login: Login
    private(set) var user = Session.anonymous
    /// The verifier that the user logged in with. The session ends when it is withdrawn.
    private(set) var verifier: ScramVerifier?
    /// After SaslHandshake 0 the login's messages come without a header.
    var isRaw = false
    /// The bytes of complete requests that we have not begun to answer.
    var waitingBytes = 0
    /// To be closed once the answer is written.
    var ends = false

    init(peer: String, isEncrypted: Bool, login: Login) {
        (self.peer, self.isEncrypted, self.login) = (peer, isEncrypted, login)
    }

    var isAdmitted: Bool { if case .over = login { true } else { false } }

    func admit(_ user: String, verifier: ScramVerifier? = nil) {
        (self.user, self.verifier) = (user, verifier)
        (login, isRaw) = (.over, false)
    }

    /// The lengths of frames that are accepted from it.
    var frameLengths: ClosedRange<Int32> {
        guard !isAdmitted else { return 8...FrameDecoder.maxLength }
        return (isRaw ? 1 : 8)...Self.maxStrangersFrame
    }
}
