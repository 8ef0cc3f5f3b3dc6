import Commands
import Foundation
import Identifiers

/// Marks identifiers of a legal hold.
enum LegalHoldKind {}
/// Identifies a legal hold.
typealias LegalHoldID = Identifier<LegalHoldKind>

/// Keeps what would be deleted or erased, because a court or an authority may ask for it.
struct LegalHold: Codable, Hashable, Sendable {
    var id: LegalHoldID
    /// `nil`: of every tenant.
    var tenant: TenantID?
    var reason: String
    var placedBy: UserID?
    var placedAt: Date
    /// Why, by whom and when it was released; `nil` while it counts.
    var releaseReason: String?
    var releasedBy: UserID?
    var releasedAt: Date?

    /// As the audit log shows it.
    struct Record: Codable, Hashable, Sendable {
        var isReleased: Bool
        var everyTenant: Bool
        var reason: String
        var releaseReason: String?
    }

    var record: Record {
        Record(
            isReleased: releasedAt != nil,
            everyTenant: tenant == nil,
            reason: reason,
            releaseReason: releaseReason
        )
    }

    /// The most that count in a tenant at one time.
    static let most = 100
}

struct PlaceLegalHold: Input {
    var reason: String
    var everyTenant: Bool?

    static let rules: Rules = [
        "reason": .line(1...500).means("Why; it is kept, so name the case and no people").example("Case 2026-113"),
        "everyTenant": .means("Whether it covers every tenant, and not only the caller's"),
    ]
}

struct ReleaseLegalHold: Input {
    var reason: String

    static let rules: Rules = ["reason": .line(1...500).means("Why").example("The case is closed")]
}
