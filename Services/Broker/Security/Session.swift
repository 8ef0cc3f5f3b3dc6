/// One connection: who its client is, and how far it has come with telling.
final class Session: @unchecked Sendable {  // confined to the node's event loop
    enum Login {
        /// Nothing said yet.
        case none
        case plain
        case scram(ScramExchange)
        /// Known: by SASL, by its certificate, or because nobody is asked.
        case over
    }

    /// Kafka's name for whoever was not asked.
    static let anonymous = "ANONYMOUS"
    /// A login is small: a stranger must not make us collect more.
    private static let maxStrangersFrame: Int32 = 16 << 10

    let peer: String
    let isEncrypted: Bool
    var login: Login
    private(set) var user = Session.anonymous
    /// What the user logged in with: a session ends when that is withdrawn.
    private(set) var verifier: ScramVerifier?
    /// After SaslHandshake 0 the login's messages come without a header.
    var isRaw = false
    /// Of whole requests that nobody has begun to answer.
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

    /// The lengths of frames that are taken from it.
    var frameLengths: ClosedRange<Int32> {
        guard !isAdmitted else { return 8...FrameDecoder.maxLength }
        return (isRaw ? 1 : 8)...Self.maxStrangersFrame
    }
}
