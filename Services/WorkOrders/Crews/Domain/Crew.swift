import Commands
import EventSchema
import Foundation
import Identifiers

/// People of a site who work together. A work order that is given to a crew is everybody's in it.
struct Crew: Codable, Hashable, Sendable {
    struct Member: Codable, Hashable, Sendable {
        var userId: UserID
        var role: CrewRole
    }

    let id: CrewID
    let tenant: TenantID
    let site: SiteID
    var code: String
    var name: String
    var description: String?
    var type: CrewType
    /// Who answers for it, without being in it.
    var supervisor: UserID?
    var members: [Member]
    var maxMembers: Int
    /// A crew that is archived gets no more work.
    var isArchived: Bool
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    static let maxMembers = 10
    static let mostMembers = 50
    /// Of one organization, those that are archived included.
    static let maximumCount = 2000
    /// Its members change for all of its unfinished work at once.
    static let maximumWork = 500

    var memberIDs: [UserID] { members.map(\.userId) }

    static func created(
        _ new: CreateCrew,
        id: CrewID,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) throws(CrewRefusal) -> Crew {
        let crew = Crew(
            id: id,
            tenant: tenant,
            site: new.siteId,
            code: new.code,
            name: new.name,
            description: new.description,
            type: new.type ?? .maintenance,
            supervisor: new.supervisorId,
            members: new.members.map(\.member),
            maxMembers: new.maxMembers ?? maxMembers,
            isArchived: false,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
        try crew.requireComplete()
        return crew
    }

    /// The crew after a change; `nil` when nothing differs.
    func changed(_ change: ChangeCrew, seen: Int64?, at now: Date) throws(CrewRefusal) -> Crew? {
        if let seen = change.version ?? seen, seen != version { throw .stale(current: version) }
        var next = self
        if let code = change.code.value { next.code = code }
        if let name = change.name.value { next.name = name }
        change.description.apply(to: &next.description)
        if let type = change.type.value { next.type = type }
        change.supervisorId.apply(to: &next.supervisor)
        if let members = change.members.value { next.members = members.map(\.member) }
        if let maxMembers = change.maxMembers.value { next.maxMembers = maxMembers }
        if let isArchived = change.isArchived.value { next.isArchived = isArchived }
        try next.requireComplete()
        guard next != self else { return nil }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    private func requireComplete() throws(CrewRefusal) {
        guard members.count <= maxMembers else { throw .tooManyMembers(maximum: maxMembers) }
        guard supervisor != nil || members.contains(where: { $0.role == .lead }) else { throw .leaderMissing }
    }
}

enum CrewRole: String, CaseIterable, Codable, Sendable {
    case lead, technician, apprentice, specialist, support
}

enum CrewType: String, CaseIterable, Codable, Sendable {
    case maintenance, electrical, mechanical, emergency, contractor, inspection, cleaning
}

/// Somebody in a crew, as it is written.
struct NewCrewMember: Input {
    var userId: UserID
    var role: CrewRole?

    static let rules: Rules = ["role": .means("The default is `technician`")]

    var member: Crew.Member { Crew.Member(userId: userId, role: role ?? .technician) }
}

/// Creates a crew at a site.
struct CreateCrew: Input {
    var siteId: SiteID
    var code: String
    var name: String
    var description: String?
    var type: CrewType?
    var supervisorId: UserID?
    var members: [NewCrewMember]
    var maxMembers: Int?

    static let rules: Rules = Crew.rules.merging(["siteId": .means("Where it works")]) { $1 }

    func check(_ errors: inout FieldErrors) { Crew.check(members, &errors) }
}

/// Changes a crew. An absent field keeps its value, and `null` clears it. Its unfinished work orders follow its members.
struct ChangeCrew: Input {
    var code: Patch<String> = .keep
    var name: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var type: Patch<CrewType> = .keep
    var supervisorId: Patch<UserID?> = .keep
    var members: Patch<[NewCrewMember]> = .keep
    var maxMembers: Patch<Int> = .keep
    var isArchived: Patch<Bool> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = Crew.rules.merging([
        "isArchived": .means("true: it gets no more work; a crew with unfinished work can't be archived"),
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]) { $1 }

    func check(_ errors: inout FieldErrors) {
        if let members = members.value { Crew.check(members, &errors) }
    }
}

extension Crew {
    fileprivate static let rules: Rules = [
        "code": .code.means("What people call it for short; unique at the site").example("NIGHT-1"),
        "name": .line(2...100).means("What it is called").example("Night shift 1"),
        "description": .text(0...500).means("What it is for"),
        "type": .means("The default is `maintenance`"),
        "supervisorId": .means("Who answers for it; without one, a member must be its lead"),
        "members": .items(1...mostMembers).means("Who is in it, each once: active users"),
        "maxMembers": .whole(1...Int64(mostMembers)).means("How many members it has at most; the default is 10"),
    ]

    fileprivate static func check(_ members: [NewCrewMember], _ errors: inout FieldErrors) {
        let isRepeated = Set(members.map(\.userId)).count < members.count
        errors.require(!isRepeated, "members", .duplicate("must not have a person twice"))
    }
}

/// The filter of a list of crews.
struct CrewFilter: Input {
    var siteId: SiteID?
    var userId: UserID?
    var type: CrewType?
    var isArchived: Bool?

    static let rules: Rules = [
        "siteId": .means("Only crews of this site"), "userId": .means("Only crews that this person is in"),
        "isArchived": .means("true: only those that are archived; the default is false"),
    ]
}

struct CrewPosition: Codable, Sendable {
    var code: String
    var id: CrewID
}

/// Why a crew is not created or changed.
enum CrewRefusal: Error, Hashable, Sendable {
    case unknown
    case outOfReach
    case unknownSite
    /// The place among the members.
    case unknownMember(at: Int)
    case unknownSupervisor
    case tooManyMembers(maximum: Int)
    /// Nobody leads it.
    case leaderMissing
    case codeTaken
    case tooMany
    /// It has too much unfinished work for a change of its members.
    case tooMuchWork
    /// A crew with unfinished work is not archived.
    case hasWork(count: Int)
    case stale(current: Int64)
}
