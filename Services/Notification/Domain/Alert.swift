import EventSchema
import Foundation
import Identifiers

/// An alert as clients see it.
struct Alert: Codable, Hashable, Sendable {
    var id: AlertID
    var ruleId: AlertRuleID
    var type: String
    var severity: AlertSeverity
    var siteId: SiteID
    var assetId: AssetID
    var tag: String
    var value: Double
    var unit: String
    var threshold: Double
    var status: AlertStatus
    var occurrences: Int
    var firstAt: Date
    var lastAt: Date
    var workOrderId: WorkOrderID?
    var workOrderNumber: String?
    /// Why there is no work order although the rule asks for one.
    var workOrderRefusal: WorkRefusal?
    /// Why it has ended.
    var resolution: AlertResolution?
    var resolvedAt: Date?
    var version: Int64
}

/// An alert's place in the list, newest first.
struct AlertPosition: Codable, Sendable {
    var lastAt: Date
    var id: AlertID
}

/// A message to one person, as clients see it.
struct MessageDelivery: Codable, Hashable, Sendable {
    var id: NotificationID
    /// `nil` for a mail about the recipient's account.
    var alertId: AlertID?
    var userId: UserID
    var channel: NotificationChannel
    /// `nil` until a mail about an account is sent.
    var recipient: String?
    var subject: String?
    /// `pending`, `sent` or `failed`.
    var status: String
    var attempts: Int
    /// The error of the last attempt.
    var error: String?
    var createdAt: Date
    var sentAt: Date?
}
