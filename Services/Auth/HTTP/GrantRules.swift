import Access
import Identifiers
import ServiceKit

// Nobody gives, changes or takes away more than they may do themselves.

extension Role {
    /// Nobody can make, change or delete a role that permits more than they may do.
    func check(for principal: Principal) throws {
        try principal.authority.requireTenantWide(.roleManage)
        guard principal.authority.grants.cover(known) else { throw Refusal.roleExceedsGranter(name) }
    }
}

extension CreateUser {
    /// - Parameter known: The tenant's roles.
    func check(givenBy principal: Principal, _ known: [Role]) throws {
        try places.check(givenBy: principal, with: .userCreate)
        try known.check(roles, at: places, givenBy: principal)
    }
}

extension [Role] {
    /// Nobody can assign more than they have: otherwise a person who can create users could become an administrator.
    ///
    /// - Parameter places: Where the roles' scopes will reach. Whoever has a permission only at some sites can't give it elsewhere.
    func check(_ names: [String], at places: Membership, givenBy principal: Principal) throws {
        let (held, own) = (principal.authority.grants, principal.authority.membership)
        for name in names {
            guard let role = first(where: { $0.name == name }) else { throw Refusal.unknownRole(name) }
            guard held.cover(role.known) else { throw Refusal.roleExceedsGranter(name) }
            for permission in role.known.permissions where !held.terms(of: permission).contains(where: \.isTenantWide) {
                for terms in role.known.terms(of: permission) {
                    let isWithin =
                        switch terms.scope {
                        case .tenant, .own, .assigned: true
                        case .sites: places.sites.isSubset(of: own.sites)
                        case .assets: places.assets.isSubset(of: own.assets)
                        case .team: places.team == nil || places.team == own.team
                        }
                    guard isWithin else {
                        throw Problem.tooNarrow(
                            "the role \(name) has \(permission.rawValue), which you have only elsewhere"
                        )
                    }
                }
            }
        }
    }

    /// Nobody can change the account of somebody who may do more than they may.
    func checkHeld(_ user: User, by principal: Principal) throws {
        for role in self where user.roles.contains(role.name) {
            guard principal.authority.grants.cover(role.known) else { throw Refusal.userExceedsGranter(role.name) }
        }
    }
}

extension Membership {
    /// Whoever has the permission only for some sites can place people only there.
    ///
    /// - Throws: ``Problem`` 403.
    func check(givenBy principal: Principal, with permission: Permission) throws {
        let authority = principal.authority
        if authority.reach(of: permission) == .tenant { return }
        let own = authority.membership
        guard authority.grants.scopes(of: permission).contains(.sites), !sites.isEmpty, sites.isSubset(of: own.sites),
            assets.isSubset(of: own.assets), team == nil || team == own.team
        else {
            throw Problem.tooNarrow("with \(permission.rawValue) for some sites, people can be placed only at these")
        }
    }
}
