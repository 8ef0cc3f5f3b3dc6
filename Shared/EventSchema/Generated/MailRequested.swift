// Made by `make events` from Schemas/mails.requested.v3.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a person is to get a mail about their account. It names the person by their id: the address is in
/// auth.users.
public struct MailRequested: Event {
    public static let name = "mails.requested.v3"
    public static let topic = Topic.mailsRequested

    public var id: NotificationID
    public var tenant: TenantID
    public var user: UserID
    public var template: MailTemplate
    /// The secret part of the mail's link, sealed with the fleet's LINK_KEYS for the event's id.
    public var token: Data?
    /// The mail is useless after this time.
    public var expiresAt: Date
    public var at: Date

    public var key: String { id.description }

    public init(
        id: NotificationID,
        tenant: TenantID,
        user: UserID,
        template: MailTemplate,
        token: Data?,
        expiresAt: Date,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.user = user
        self.template = template
        self.token = token
        self.expiresAt = expiresAt
        self.at = at
    }
}
