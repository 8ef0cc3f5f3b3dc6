import EventSchema
import Foundation

/// The text of a mail about a person's account.
struct AccountMail: Hashable, Sendable {
    var subject: String
    var body: String

    /// - Parameters:
    ///   - site: Where people reach dCMMS with a browser.
    ///   - token: The secret part of the link, if the mail has one. It stands behind `#`, so that browsers do not send it to servers and
    ///     no access log shows it.
    /// - Returns: `nil` for a mail that this version does not know.
    init?(_ template: MailTemplate, to name: String, site: String, token: String?, until end: Date) {
        let time = end.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: false)
        )
        let link = token.map { "\(site)/account#\(template.rawValue)=\($0)" }
        let paragraphs: [String?]
        switch template {
        case .invitation:
            subject = "Your invitation to dCMMS"
            paragraphs = [
                "an account has been created for you. Choose a password to use it:", link,
                "The link works once, until \(time).", "If you do not expect this mail, you can ignore it.",
            ]
        case .passwordReset:
            subject = "Choose a new password"
            paragraphs = [
                "somebody, probably you, has forgotten the password of your account. Choose a new one:", link,
                "The link works once, until \(time).",
                "If it was not you, you can ignore this mail: your password stays as it is.",
            ]
        case .unlock:
            subject = "Unlock your account"
            paragraphs = [
                "after too many wrong passwords, logins to your account are refused for some time. Allow them again:",
                link,
                "The link works once, until \(time).",
                "If it was not you who typed them, you can ignore this mail: nobody has logged in.",
            ]
        case .passwordChanged:
            subject = "Your password was changed"
            paragraphs = [
                "the password of your account was changed, and all other sessions were ended.",
                "If it was not you, choose a new password at once and tell your administrator.",
            ]
        case .factorAdded:
            subject = "A second factor was added to your account"
            paragraphs = [
                "from now on, a login to your account needs a code of an authenticator app. All other sessions were ended.",
                "If it was not you who added it, tell your administrator at once: only they can remove it.",
            ]
        case .factorRemoved:
            subject = "The second factor of your account was removed"
            paragraphs = [
                "a login to your account needs nothing but the password any more.",
                "If it was neither you nor your administrator, choose a new password at once and tell your administrator.",
            ]
        case .recoveryCodeUsed:
            subject = "A recovery code of your account was used"
            paragraphs = [
                "somebody, probably you, has used a recovery code in place of your authenticator app. It does not work again.",
                "If it was not you, choose a new password at once and tell your administrator.",
            ]
        case .appRemoved:
            subject = "The authenticator app of your account was removed"
            paragraphs = [
                "codes of the app do not work any more. A login to your account needs one of your security keys.",
                "If it was not you, choose a new password at once and tell your administrator.",
            ]
        case .securityKeyAdded:
            subject = "A security key was added to your account"
            paragraphs = [
                "from now on, a login to your account can be finished with it, and needs a second factor in any case.",
                "If it was not you who added it, tell your administrator at once.",
            ]
        case .securityKeyRemoved:
            subject = "A security key of your account was removed"
            paragraphs = [
                "a login to your account can't be finished with it any more. Your other second factors work as before.",
                "If it was not you, choose a new password at once and tell your administrator.",
            ]
        case .securityKeyCopied:
            subject = "Somebody may have a copy of your security key"
            paragraphs = [
                "somebody has the password of your account and has used one of its security keys, which counts backwards: there may be two of it. They were not let in.",
                "Remove this key from your account, choose a new password, and tell your administrator.",
            ]
        case .unknown: return nil
        }
        body = (["Hello \(name),"] + paragraphs.compactMap(\.self)).joined(separator: "\n\n") + "\n"
    }
}
