// Made by `make events` from Schemas/notifications.delivered.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a notification was handed over to its channel, or given up.
public struct NotificationDelivered: Event {
    public static let name = "notifications.delivered.v1"
    public static let topic = Topic.notificationEvents

    public var id: NotificationID
    public var tenant: TenantID
    public var alert: AlertID?
    public var user: UserID?
    public var channel: NotificationChannel
    public var outcome: NotificationOutcome
    public var attempts: Int
    public var error: String?
    public var at: Date

    public var key: String { id.description }

    public init(
        id: NotificationID,
        tenant: TenantID,
        alert: AlertID?,
        user: UserID?,
        channel: NotificationChannel,
        outcome: NotificationOutcome,
        attempts: Int,
        error: String?,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.alert = alert
        self.user = user
        self.channel = channel
        self.outcome = outcome
        self.attempts = attempts
        self.error = error
        self.at = at
    }
}
