import EventSchema
import Foundation
import Identifiers

/// What the link of a mail is for. It can be used once.
enum AccountLink: String, CaseIterable, Codable, Sendable {
    /// Choose the first password.
    case invitation
    case passwordReset = "password_reset"
    /// Allow logins after too many wrong passwords.
    case unlock

    var lifetime: TimeInterval {
        switch self {
        case .invitation: 7 * 86_400
        case .passwordReset, .unlock: 30 * 60
        }
    }

    /// How many links of a kind somebody can get in ``period``: anybody who knows an address can ask for one.
    static let mostInPeriod = 3
    static let period: TimeInterval = 3600

    var template: MailTemplate {
        switch self {
        case .invitation: .invitation
        case .passwordReset: .passwordReset
        case .unlock: .unlock
        }
    }

    /// Whether it can be used now.
    func fits(_ user: User) -> Bool {
        switch self {
        case .invitation: user.invitedAt != nil && !user.isActive
        case .passwordReset, .unlock: user.isActive
        }
    }
}

extension User {
    /// A mail to the person that has no link.
    func notice(_ template: MailTemplate, at now: Date) -> MailRequested {
        MailRequested(
            id: .new(),
            tenant: tenant,
            user: id,
            template: template,
            token: nil,
            // Older news would only be confusing.
            expiresAt: now.addingTimeInterval(86_400),
            at: now
        )
    }
}
