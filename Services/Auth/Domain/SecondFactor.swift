import Foundation

/// What is known of a person's second factor: an authenticator app, security keys, or both.
struct SecondFactor: Codable, Hashable, Sendable {
    /// When the app was added; `nil` without one.
    var appAddedAt: Date?
    var recoveryCodesLeft: Int
    var securityKeys: Int

    var hasApp: Bool { appAddedAt != nil }

    /// How long a person has to type the first code of their app.
    static let enrolmentLifetime: TimeInterval = 15 * 60

    /// How a login with it can go on, as clients read it.
    var methods: [String] {
        (hasApp ? ["totp"] : []) + (securityKeys > 0 ? ["webauthn"] : []) + ["recovery_code"]
    }

    /// As the audit log shows it.
    struct Record: Codable, Hashable, Sendable {
        /// `none`, `totp`, `webauthn`, or both.
        var secondFactor: String
        var recoveryCodes: Int
        var securityKeys: Int
        /// The name of the key that the change is about. A person chose it, so it is sealed.
        var securityKey: String?

        static let none = Record(secondFactor: "none", recoveryCodes: 0, securityKeys: 0)
    }

    var record: Record {
        let kinds = (hasApp ? ["totp"] : []) + (securityKeys > 0 ? ["webauthn"] : [])
        return Record(
            secondFactor: kinds.isEmpty ? "none" : kinds.joined(separator: "+"),
            recoveryCodes: recoveryCodesLeft,
            securityKeys: securityKeys
        )
    }
}

/// Whether roles can require a second factor in this installation.
enum FactorPolicy: String, CaseIterable, Sendable {
    /// Whoever has one is asked for it; nobody has to have one.
    case off
    /// Whoever has a role that requires one does not get in without.
    case byRole = "by-role"
}

/// What a person has to do whose password was right.
enum NextStep: Hashable, Sendable {
    case login(SecondFactor)
    case enrolment

    var challenge: LoginChallenge {
        switch self {
        case .login: .login
        case .enrolment: .enrolment
        }
    }

    /// How it can be done, as clients read it.
    var methods: [String] {
        switch self {
        case .login(let factor): factor.methods
        case .enrolment: ["totp", "webauthn"]
        }
    }
}

/// What a login waits for whose password was right.
enum LoginChallenge: String, Codable, Sendable {
    /// A code of the second factor, or an answer of a key.
    case login
    /// A second factor, which a role requires.
    case enrolment

    var lifetime: TimeInterval {
        switch self {
        case .login: 5 * 60
        // Whoever has no app yet has to install one.
        case .enrolment: 15 * 60
        }
    }

    /// After so many wrong answers it ends.
    static let mostWrong = 5
    /// How many a person can have at one time; one more ends the oldest.
    static let most = 5
}
