import EventSchema
import Foundation
import Identifiers
import Sealing

/// Writes the text of a message when it is sent.
struct AccountMails: Sendable {
    /// Where people reach dCMMS with a browser.
    var site: String
    /// They open the secret parts of links.
    var keys: SealingKeys

    /// - Throws: ``MailRefused`` if there is no such text now, or there never will be.
    func message(of due: DeliveryStore.Due, _ store: DeliveryStore, at now: Date) async throws -> Message {
        let erased = MailRefused(description: "the person's data were erased", isPermanent: true)
        guard due.recipient != UserState.erasedAddress(of: due.user) else { throw erased }
        if let recipient = due.recipient, let subject = due.subject, let body = due.body {
            return Message(recipient: recipient, subject: subject, body: body)
        }
        guard let template = due.template, let end = due.expiresAt else {
            throw MailRefused(description: "it has no text", isPermanent: true)
        }
        guard end > now else { throw MailRefused(description: "it is too late for this mail", isPermanent: true) }
        guard let person = try await store.person(due.user, tenant: due.tenant) else {
            throw MailRefused(description: "the person is not known yet")
        }
        guard person.email != UserState.erasedAddress(of: due.user) else { throw erased }
        let token: String?
        do {
            token = try due.token.flatMap { try keys.open($0, for: due.id.description) }
        } catch {
            throw MailRefused(description: "no key of LINK_KEYS opens the mail's link")
        }
        guard let text = AccountMail(template, to: person.displayName, site: site, token: token, until: end) else {
            throw MailRefused(description: "this version does not know this mail", isPermanent: true)
        }
        return Message(recipient: person.email, subject: text.subject, body: text.body)
    }
}
