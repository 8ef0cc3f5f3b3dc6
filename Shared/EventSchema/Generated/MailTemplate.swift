// Made by `make events` from Schemas/mails.requested.v3.avsc: edit that instead.

/// What a mail about an account is for.
public enum MailTemplate: EventEnumeration {
    case invitation
    case passwordReset
    case unlock
    case passwordChanged
    case factorAdded
    case factorRemoved
    case recoveryCodeUsed
    case appRemoved
    case securityKeyAdded
    case securityKeyRemoved
    case securityKeyCopied
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [MailTemplate] = [
        .invitation,
        .passwordReset,
        .unlock,
        .passwordChanged,
        .factorAdded,
        .factorRemoved,
        .recoveryCodeUsed,
        .appRemoved,
        .securityKeyAdded,
        .securityKeyRemoved,
        .securityKeyCopied,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "invitation": self = .invitation
        case "password_reset": self = .passwordReset
        case "unlock": self = .unlock
        case "password_changed": self = .passwordChanged
        case "factor_added": self = .factorAdded
        case "factor_removed": self = .factorRemoved
        case "recovery_code_used": self = .recoveryCodeUsed
        case "app_removed": self = .appRemoved
        case "security_key_added": self = .securityKeyAdded
        case "security_key_removed": self = .securityKeyRemoved
        case "security_key_copied": self = .securityKeyCopied
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .invitation: "invitation"
        case .passwordReset: "password_reset"
        case .unlock: "unlock"
        case .passwordChanged: "password_changed"
        case .factorAdded: "factor_added"
        case .factorRemoved: "factor_removed"
        case .recoveryCodeUsed: "recovery_code_used"
        case .appRemoved: "app_removed"
        case .securityKeyAdded: "security_key_added"
        case .securityKeyRemoved: "security_key_removed"
        case .securityKeyCopied: "security_key_copied"
        case .unknown: "unknown"
        }
    }
}
