import Access
import EventSchema
import Foundation
import Identifiers

/// What a person may do, and by which role: the answer to "why may she?".
///
/// It says what ``Authority`` decides by, grant by grant. Like there, a grant permits, and nothing but a rule of the tenant takes away.
struct HeldAccess: Sendable {
    /// One grant of one of the person's roles.
    struct Held: Hashable, Sendable {
        var role: String
        var permission: Permission
        var terms: GrantTerms
        /// Why it reaches nothing; `nil` if it does.
        var lacks: MissingPlace?
    }

    /// What a scope refers to and the person does not have.
    enum MissingPlace: String, Codable, CaseIterable, Hashable, Sendable {
        case sites, assets, team
    }

    /// Why a person may not use a permission.
    enum Obstacle: String, Codable, CaseIterable, Hashable, Sendable {
        /// The account is not active.
        case inactive
        /// None of their roles has the permission.
        case notGranted = "not_granted"
        /// Their roles have it only for sites, assets or a team, and they have none.
        case noPlace = "no_place"
        /// They are a contractor, and it is not the time in which contractors may use the system.
        case outsideHours = "outside_contractor_hours"
    }

    let user: User
    /// By permission, scope and role.
    let grants: [Held]

    /// - Parameter known: The tenant's roles. A role of the person that is not among them permits nothing.
    init(of user: User, _ known: [Role]) {
        self.user = user
        var grants: [Held] = []
        for role in known where user.roles.contains(role.name) {
            let permitted = role.known
            for permission in permitted.permissions {
                grants += permitted.terms(of: permission).map { terms in
                    Held(role: role.name, permission: permission, terms: terms, lacks: user.missing(for: terms.scope))
                }
            }
        }
        self.grants = grants.sorted { $0.place.lexicographicallyPrecedes($1.place) }
    }

    /// Why the person may not use the permission now; empty if they may, somewhere at least.
    func obstacles(to permission: Permission, under rules: AttributeRules, at now: Date) -> [Obstacle] {
        var obstacles: [Obstacle] = []
        if !user.isActive { obstacles.append(.inactive) }
        let held = grants.filter { $0.permission == permission }
        if held.isEmpty {
            obstacles.append(.notGranted)
        } else if held.allSatisfy({ $0.lacks != nil }) {
            obstacles.append(.noPlace)
        }
        if user.employment == .contractor, let hours = rules.contractorHours, !hours.contain(now) {
            obstacles.append(.outsideHours)
        }
        return obstacles
    }
}

extension HeldAccess.Held {
    fileprivate var place: [String] {
        [permission.rawValue, terms.scope.rawValue, role, terms.condition?.rawValue ?? ""]
    }
}

extension User {
    fileprivate func missing(for scope: GrantScope) -> HeldAccess.MissingPlace? {
        switch scope {
        case .tenant, .own, .assigned: nil
        case .sites: sites.isEmpty ? .sites : nil
        case .assets: assets.isEmpty ? .assets : nil
        case .team: team == nil ? .team : nil
        }
    }
}
