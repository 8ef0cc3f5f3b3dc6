import Access
import Foundation
import Identifiers
import Messaging
import Postgres

/// Logins, which have a second step for whoever has a second factor, or has to have one.
struct Logins: Sendable {
    let sessions: Sessions
    let factors: SecondFactors
    let challenges: LoginChallenges
    let policy: FactorPolicy

    init(sessions: Sessions, factors: SecondFactors, policy: FactorPolicy) {
        self.sessions = sessions
        self.factors = factors
        self.policy = policy
        challenges = LoginChallenges(database: sessions.database)
    }

    /// Opens a session for somebody whose password was right, unless there is a second step.
    ///
    /// - Parameter address: As it was typed; it was counted as an attempt.
    /// - Returns: What they have to do first, and the challenge for it; `nil` if the session is open.
    func begin(_ user: User, _ new: NewSession, address: String, by act: Act) async throws -> (
        step: LoginChallenge, challenge: String
    )? {
        switch try await begin(
            user,
            by: act,
            { proof, act, tx in try await sessions.open(user, new, proof, address: address, by: act, tx) }
        ) {
        case .opened: nil
        case .step(let step, let challenge): (step, challenge)
        }
    }

    /// What a login with a password has led to.
    enum Begun<Opened: Sendable>: Sendable {
        case opened(Opened)
        /// What the person has to do first, and the challenge for it.
        case step(LoginChallenge, challenge: String)
    }

    /// Lets somebody in whose password was right, unless there is a second step.
    ///
    /// - Parameter open: Opens what they get, in the same transaction.
    func begin<Opened: Sendable>(
        _ user: User,
        by act: Act,
        _ open: (Proof, Act, Transaction) async throws -> Opened
    ) async throws -> Begun<Opened> {
        let act = act.by(user)
        return try await sessions.database.transaction(for: act) { tx in
            // Whoever adds a factor at this moment waits, and then ends this session; or this login sees the factor.
            let known = try await tx.first("SELECT 1 FROM users WHERE id = \(user.id) AND is_active FOR UPDATE")
            guard known != nil else { throw Refusal.credentials }
            try await Tenants.requireActive(user.tenant, tx)
            if let step = try await step(for: user, tx) {
                return .step(step, challenge: try await challenges.issue(step, to: user, by: act, tx))
            }
            return .opened(try await open(.password(at: act.time), act, tx))
        }
    }

    private func step(for user: User, _ tx: Transaction) async throws -> LoginChallenge? {
        if try await SecondFactors.exist(of: user.id, tx) { return .login }
        return try await isRequired(of: user, tx) ? .enrolment : nil
    }

    /// Whether a role of the person does not let them in without a second factor.
    func isRequired(of user: User, _ tx: Transaction) async throws -> Bool {
        switch policy {
        case .off: false
        case .byRole: try await Roles.requireFactor(user.roles, in: user.tenant, tx)
        }
    }

    func isRequired(of user: User) async throws -> Bool {
        guard policy != .off else { return false }
        return try await sessions.database.of(user.tenant).transaction { try await isRequired(of: user, $0) }
    }

    /// Opens the session when the code is right.
    ///
    /// - Returns: `nil` for a wrong code.
    func finish(_ challenge: String, _ code: TypedCode?, _ new: NewSession, by act: Act) async throws -> User? {
        try await finish(challenge, code, by: act) { user, proof, act, tx in
            try await sessions.open(user, new, proof, address: user.email, by: act, tx)
            return user
        }
    }

    /// Lets somebody in when the code is right.
    ///
    /// - Parameter open: Opens what they get, in the same transaction.
    /// - Returns: `nil` for a wrong code.
    func finish<Opened: Sendable>(
        _ challenge: String,
        _ code: TypedCode?,
        by act: Act,
        _ open: (User, Proof, Act, Transaction) async throws -> Opened
    ) async throws -> Opened? {
        try await challenges.take(challenge, .login, by: act) { user, act, tx in
            guard try await factors.accept(code, of: user, by: act, tx) else { return .wrong }
            return .right(try await open(user, .passwordAndCode(at: act.time), act, tx))
        }
    }

    /// How somebody who is logged in proves once more who they are.
    enum Answer: Sendable {
        /// It was checked before.
        case rightPassword
        case code(TypedCode?)
    }

    /// Notes that the person of a session has proved once more who they are.
    ///
    /// - Returns: `nil` for a wrong code.
    /// - Throws: ``Refusal/codeRequired`` if a password is not enough, ``Refusal/sessionEnded``.
    func renew(_ session: SessionID, of user: User, with answer: Answer, by act: Act, _ tx: Transaction) async throws
        -> Proof?
    {
        let proof: Proof
        switch answer {
        case .rightPassword:
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.codeRequired }
            proof = .password(at: act.time)
        case .code(let code):
            guard try await factors.accept(code, of: user, by: act, tx) else {
                try tx.record(Change("LOGIN_FAILED", "session"), by: act)
                return nil
            }
            proof = .passwordAndCode(at: act.time)
        }
        try await sessions.renew(session, proof, by: act, tx)
        let guess: LoginAttempts.Guess =
            switch answer {
            case .rightPassword: .password
            case .code: .code
            }
        try await AddressLocks.succeed(user.email, [guess], from: act.address, at: act.time, tx)
        return proof
    }

    // MARK: - For whoever has to have a factor

    /// - Returns: The person, and the secret for their app.
    func enrol(_ challenge: String, by act: Act) async throws -> (user: User, secret: [UInt8]) {
        let begun = try await challenges.take(challenge, .enrolment, by: act) { user, act, tx in
            // They may have added one in the meantime: a password alone must not replace it.
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.challenge }
            return .onTheWay((user, try await factors.begin(for: user, by: act, tx)))
        }
        guard let begun else { throw Refusal.challenge }
        return begun
    }

    /// Adds the factor and opens the session when the code is right.
    ///
    /// - Throws: ``Refusal/wrongCode``.
    func confirm(_ challenge: String, _ code: TypedCode?, _ new: NewSession, by act: Act) async throws -> (
        user: User, recoveryCodes: [String]
    ) {
        try await confirm(challenge, code, by: act) { user, proof, act, tx in
            try await sessions.open(user, new, proof, address: user.email, by: act, tx)
            return user
        }
    }

    /// Adds the factor and lets the person in when the code is right.
    ///
    /// - Throws: ``Refusal/wrongCode``.
    func confirm<Opened: Sendable>(
        _ challenge: String,
        _ code: TypedCode?,
        by act: Act,
        _ open: (User, Proof, Act, Transaction) async throws -> Opened
    ) async throws -> (Opened, recoveryCodes: [String]) {
        let confirmed = try await challenges.take(challenge, .enrolment, by: act) { user, act, tx in
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.challenge }
            let codes = try await factors.confirm(code, of: user, by: act, tx)
            try await sessions.endAll(of: user.id, by: act, tx)
            return .right((try await open(user, .passwordAndCode(at: act.time), act, tx), codes))
        }
        guard let confirmed else { throw Refusal.challenge }
        return confirmed
    }
}

/// A session that a login is about to open.
struct NewSession: Sendable {
    var id = SessionID.new()
    var refreshToken = SecretText.new()
    /// Of the person, if they have shown its mark.
    var device: String?
    /// The provider's name for the person's session there, as a hash.
    var providerSession: [UInt8]?
}
