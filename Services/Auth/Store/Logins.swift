import Access
import Foundation
import Identifiers
import Messaging
import Postgres
import WebAuthn

/// Logins, which have a second step for whoever has a second factor, or has to have one.
struct Logins: Sendable {
    let sessions: Sessions
    let factors: SecondFactors
    let keys: SecurityKeys
    let challenges: LoginChallenges
    let policy: FactorPolicy

    /// - Parameter party: Whom security keys are for; `nil` where browsers have none.
    init(sessions: Sessions, factors: SecondFactors, policy: FactorPolicy, party: RelyingParty?) {
        self.sessions = sessions
        self.factors = factors
        self.policy = policy
        keys = SecurityKeys(factors: factors, party: party)
        challenges = LoginChallenges(database: sessions.database)
    }

    /// Opens a session for somebody whose password was right, unless there is a second step.
    ///
    /// - Parameter address: As it was typed; it was counted as an attempt.
    /// - Returns: What they have to do first, and the challenge for it; `nil` if the session is open.
    func begin(_ user: User, _ new: NewSession, address: String, by act: Act) async throws -> (
        step: NextStep, challenge: String
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
        case step(NextStep, challenge: String)
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
                return .step(step, challenge: try await challenges.issue(step.challenge, to: user, by: act, tx))
            }
            return .opened(try await open(.password(at: act.time), act, tx))
        }
    }

    private func step(for user: User, _ tx: Transaction) async throws -> NextStep? {
        if let factor = try await SecondFactors.find(of: user.id, tx) { return .login(factor) }
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

    /// What somebody shows of their second factor.
    enum FactorAnswer: Sendable {
        case code(TypedCode?)
        case key(KeyAnswer)
    }

    /// - Parameter login: The challenge of the login that it is for, if it is for one.
    /// - Returns: `nil` for a wrong one.
    private func accept(
        _ answer: FactorAnswer,
        _ purpose: KeyPurpose,
        of user: User,
        login: String? = nil,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Proof? {
        switch answer {
        case .code(let code):
            try await factors.accept(code, of: user, by: act, tx) ? .passwordAndCode(at: act.time) : nil
        case .key(let key):
            try await keys.accept(key, purpose, of: user, login: login, by: act, tx)
                ? .passwordAndKey(at: act.time) : nil
        }
    }

    /// Asks the keys of somebody whose login waits for them.
    ///
    /// - Throws: ``Refusal/challenge``, ``Refusal/noKeysHere``, ``Refusal/unknownKey`` for whoever has none.
    func ask(_ challenge: String, by act: Act) async throws -> SecurityKeys.Question {
        let question = try await challenges.take(challenge, .login, by: act) { user, act, tx in
            let question = try await keys.ask(.login, user, login: challenge, by: act, tx)
            guard !question.keys.isEmpty else { throw Refusal.unknownKey }
            return .onTheWay(question)
        }
        guard let question else { throw Refusal.challenge }
        return question
    }

    /// What somebody can show whose login waits for it: their factor, and a question to their keys if they have some.
    ///
    /// - Throws: ``Refusal/challenge``.
    func secondStep(_ challenge: String, by act: Act) async throws -> (SecondFactor, SecurityKeys.Question?) {
        let step: (SecondFactor, SecurityKeys.Question?)? = try await challenges.take(challenge, .login, by: act) {
            user,
            act,
            tx in
            guard let factor = try await SecondFactors.find(of: user.id, tx) else { throw Refusal.challenge }
            guard factor.securityKeys > 0, keys.party != nil else {
                return .onTheWay((factor, nil as SecurityKeys.Question?))
            }
            return .onTheWay((factor, try await keys.ask(.login, user, login: challenge, by: act, tx)))
        }
        guard let step else { throw Refusal.challenge }
        return step
    }

    /// Opens the session when the answer is right.
    ///
    /// - Returns: `nil` for a wrong one.
    func finish(_ challenge: String, _ answer: FactorAnswer, _ new: NewSession, by act: Act) async throws -> (
        user: User, proof: Proof
    )? {
        try await finish(challenge, answer, by: act) { user, proof, act, tx in
            try await sessions.open(user, new, proof, address: user.email, by: act, tx)
            return (user, proof)
        }
    }

    /// Lets somebody in when the answer is right.
    ///
    /// - Parameter open: Opens what they get, in the same transaction.
    /// - Returns: `nil` for a wrong one.
    func finish<Opened: Sendable>(
        _ challenge: String,
        _ answer: FactorAnswer,
        by act: Act,
        _ open: (User, Proof, Act, Transaction) async throws -> Opened
    ) async throws -> Opened? {
        try await challenges.take(challenge, .login, by: act) { user, act, tx in
            let proof = try await accept(answer, .login, of: user, login: challenge, by: act, tx)
            guard let proof else { return .wrong }
            return .right(try await open(user, proof, act, tx))
        }
    }

    /// How somebody who is logged in proves once more who they are.
    enum Answer: Sendable {
        /// It was checked before.
        case rightPassword
        case factor(FactorAnswer)
    }

    /// Notes that the person of a session has proved once more who they are.
    ///
    /// - Returns: `nil` for a wrong answer.
    /// - Throws: ``Refusal/codeRequired`` if a password is not enough, ``Refusal/sessionEnded``.
    func renew(_ session: SessionID, of user: User, with answer: Answer, by act: Act, _ tx: Transaction) async throws
        -> Proof?
    {
        let proof: Proof
        let guess: LoginAttempts.Guess
        switch answer {
        case .rightPassword:
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.codeRequired }
            (proof, guess) = (.password(at: act.time), .password)
        case .factor(let answer):
            guard let proven = try await accept(answer, .stepUp, of: user, by: act, tx) else {
                try tx.record(Change("LOGIN_FAILED", "session"), by: act)
                return nil
            }
            (proof, guess) = (proven, .code)
        }
        try await sessions.renew(session, proof, by: act, tx)
        try await AddressLocks.succeed(user.email, [guess], from: act.address, at: act.time, tx)
        return proof
    }

    // MARK: - For whoever has to have a factor

    /// What somebody adds to log in.
    enum NewFactor: Sendable {
        /// With the first code of their app.
        case app(TypedCode?)
        case key(SecurityKeys.NewKey)
    }

    /// Asks for a first key.
    ///
    /// - Throws: ``Refusal/challenge``, ``Refusal/noKeysHere``.
    func askForKey(_ challenge: String, by act: Act) async throws -> (user: User, question: SecurityKeys.Question) {
        let begun = try await challenges.take(challenge, .enrolment, by: act) { user, act, tx in
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.challenge }
            return .onTheWay((user, try await keys.ask(.enrolment, user, login: challenge, by: act, tx)))
        }
        guard let begun else { throw Refusal.challenge }
        return begun
    }

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

    /// Adds the factor and opens the session when it has shown that it works.
    ///
    /// - Throws: ``Refusal/wrongCode``, and what ``SecurityKeys/add(_:_:to:login:by:_:)`` throws.
    func confirm(_ challenge: String, _ factor: NewFactor, _ new: NewSession, by act: Act) async throws -> (
        (user: User, proof: Proof), recoveryCodes: [String]
    ) {
        try await confirm(challenge, factor, by: act) { user, proof, act, tx in
            try await sessions.open(user, new, proof, address: user.email, by: act, tx)
            return (user, proof)
        }
    }

    /// Adds the factor and lets the person in when it has shown that it works.
    ///
    /// - Throws: As the other one.
    func confirm<Opened: Sendable>(
        _ challenge: String,
        _ factor: NewFactor,
        by act: Act,
        _ open: (User, Proof, Act, Transaction) async throws -> Opened
    ) async throws -> (Opened, recoveryCodes: [String]) {
        let confirmed = try await challenges.take(challenge, .enrolment, by: act) { user, act, tx in
            guard try await !SecondFactors.exist(of: user.id, tx) else { throw Refusal.challenge }
            let (proof, codes): (Proof, [String])
            switch factor {
            case .app(let code):
                codes = try await factors.confirm(code, of: user, by: act, tx)
                proof = .passwordAndCode(at: act.time)
            case .key(let key):
                codes = try await keys.add(key, .enrolment, to: user, login: challenge, by: act, tx).recoveryCodes ?? []
                proof = .passwordAndKey(at: act.time)
            }
            try await sessions.endAll(of: user.id, by: act, tx)
            return .right((try await open(user, proof, act, tx), codes))
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
