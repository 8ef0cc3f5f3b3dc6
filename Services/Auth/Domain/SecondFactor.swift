import Foundation

/// What is known of a person's second factor: their authenticator app.
struct SecondFactor: Codable, Hashable, Sendable {
    var addedAt: Date
    var recoveryCodesLeft: Int

    /// How long a person has to type the first code of their app.
    static let enrolmentLifetime: TimeInterval = 15 * 60

    /// As the audit log shows it: there is one, or none.
    struct Record: Codable, Hashable, Sendable {
        var secondFactor: String
        var recoveryCodes: Int

        static let none = Record(secondFactor: "none", recoveryCodes: 0)

        static func app(recoveryCodes: Int) -> Record { Record(secondFactor: "totp", recoveryCodes: recoveryCodes) }
    }
}

/// Whether roles can require a second factor in this installation.
enum FactorPolicy: String, CaseIterable, Sendable {
    /// Whoever has one is asked for it; nobody has to have one.
    case off
    /// Whoever has a role that requires one does not get in without.
    case byRole = "by-role"
}

/// What a login waits for whose password was right.
enum LoginChallenge: String, Codable, Sendable {
    /// A code of the second factor.
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

    /// After so many wrong codes it ends.
    static let mostWrong = 5
    /// How many a person can have at one time; one more ends the oldest.
    static let most = 5
}
