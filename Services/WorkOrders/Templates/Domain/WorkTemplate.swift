import Commands
import EventSchema
import Foundation
import Identifiers

/// What work orders are made from: one version of a template. A version never changes, so what was made from it says for good what it was made
/// from.
struct WorkTemplate: Codable, Hashable, Sendable {
    var id: WorkTemplateID
    /// Where it is used; `nil`: everywhere.
    var siteId: SiteID?
    var version: Int64
    /// Among those that are not archived, no two have the same.
    var name: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var requiredSkills: [String]
    var requiredPermits: [PermitType]
    /// How long the work takes.
    var estimatedMinutes: Int?
    var tasks: [PlannedTask]
    /// Nothing new is made from it.
    var isArchived: Bool
    var createdAt: Date
    var createdBy: UserID
    /// When this version was written, and by whom.
    var updatedAt: Date
    var updatedBy: UserID
}

/// What a version of a template says.
struct TemplateContent: Hashable, Sendable {
    var name: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var requiredSkills: [String]
    var requiredPermits: [PermitType]
    var estimatedMinutes: Int?
    var tasks: [PlannedTask]
}

/// A template in a list, without its tasks.
struct WorkTemplateSummary: Codable, Hashable, Sendable {
    var id: WorkTemplateID
    var siteId: SiteID?
    var version: Int64
    var name: String
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var estimatedMinutes: Int?
    var taskCount: Int
    var isArchived: Bool
    var updatedAt: Date
    var updatedBy: UserID
}

/// A template's place in a list, which is in the order of the names.
struct WorkTemplatePosition: Codable, Sendable {
    var name: String
    var id: WorkTemplateID
}

/// Why a template is not made, changed or used.
enum TemplateRefusal: Error, Hashable, Sendable {
    case unknown
    /// The caller can see it, but not change it.
    case outOfReach
    case unknownSite
    /// That it is made from.
    case unknownOrder
    case nameTaken
    case archived
    case stale(current: Int64)
    /// The texts of all tasks together.
    case tooLarge
    case tooManyVersions
    /// Of a work order: there is none that the caller can see.
    case unknownForOrder
    case archivedForOrder
    case ofAnotherSite
}

extension WorkTemplate {
    /// Bytes of the texts of all tasks; see ``WorkTask/size``. The audit log holds two versions in one record.
    static let maximumTaskBytes = 380_000
    static let maximumVersions: Int64 = 1000

    /// The first version.
    static func created(_ content: TemplateContent, id: WorkTemplateID, at site: SiteID?, by user: UserID, at now: Date)
        throws(TemplateRefusal) -> WorkTemplate
    {
        let template = WorkTemplate(
            id: id,
            siteId: site,
            version: 1,
            name: content.name,
            description: content.description,
            type: content.type,
            priority: content.priority,
            requiredSkills: content.requiredSkills,
            requiredPermits: content.requiredPermits,
            estimatedMinutes: content.estimatedMinutes,
            tasks: content.tasks,
            isArchived: false,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            updatedBy: user
        )
        try template.requireRoom()
        return template
    }

    /// The next version; `nil` if it would say the same.
    func replaced(by content: TemplateContent, by user: UserID, at now: Date) throws(TemplateRefusal) -> WorkTemplate? {
        guard !isArchived else { throw .archived }
        guard content != self.content else { return nil }
        guard version < Self.maximumVersions else { throw .tooManyVersions }
        var next = try Self.created(content, id: id, at: siteId, by: user, at: now)
        (next.createdAt, next.createdBy, next.version) = (createdAt, createdBy, version + 1)
        return next
    }

    private var content: TemplateContent {
        TemplateContent(
            name: name,
            description: description,
            type: type,
            priority: priority,
            requiredSkills: requiredSkills,
            requiredPermits: requiredPermits,
            estimatedMinutes: estimatedMinutes,
            tasks: tasks
        )
    }

    func requireVersion(_ expected: Int64?) throws(TemplateRefusal) {
        guard let expected, expected != version else { return }
        throw .stale(current: version)
    }

    /// Refuses to make work at a site from it that it is not for, or from an archived one.
    func requireUsable(at site: SiteID) throws(TemplateRefusal) {
        guard !isArchived else { throw .archivedForOrder }
        guard siteId == nil || siteId == site else { throw .ofAnotherSite }
    }

    private func requireRoom() throws(TemplateRefusal) {
        let size = [WorkTask](tasks).reduce(0) { $0 + $1.size }
        guard size <= Self.maximumTaskBytes else { throw .tooLarge }
    }
}
