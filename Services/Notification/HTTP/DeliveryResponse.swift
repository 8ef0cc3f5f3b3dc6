import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// One message to one person as clients see it.
struct DeliveryResponse: Codable, Sendable {
    static let columns: SQL = """
        id, alert_id, user_id, channel, recipient, subject, status, attempts, error, created_at, sent_at
        """

    var id: NotificationID
    var alertId: AlertID
    var userId: UserID
    var channel: NotificationChannel
    var recipient: String
    var subject: String
    /// `pending`, `sent` or `failed`.
    var status: String
    var attempts: Int
    /// What the last try failed with.
    var error: String?
    var createdAt: Date
    var sentAt: Date?

    init(_ row: Row) throws {
        id = try row["id"]
        alertId = try row["alert_id"]
        userId = try row["user_id"]
        channel = try row["channel"]
        recipient = try row["recipient"]
        subject = try row["subject"]
        status = try row["status"]
        attempts = try row["attempts"]
        error = try row["error"]
        createdAt = try row["created_at"]
        sentAt = try row["sent_at"]
    }
}
