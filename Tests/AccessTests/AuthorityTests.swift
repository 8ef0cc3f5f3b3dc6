import Access
import EventSchema
import Identifiers
import TestSupport
import Testing

/// How far a person's permissions reach: the grants of all their roles, and the sites, assets and team they belong to.
@Suite struct AuthorityTests {
    private let site = SiteID.sample(1)
    private let asset = AssetID.sample(2)
    private let team = TeamID.sample(3)
    private var membership: Membership { Membership(sites: [site], assets: [asset], team: team) }

    private func authority(_ grants: [Grant], _ membership: Membership? = nil) -> Authority {
        Authority(user: .anna, grants: Grants(grants), membership: membership ?? self.membership)
    }

    @Test(arguments: GrantScope.allCases)
    func aScopeReachesWhereTheUserBelongs(scope: GrantScope) {
        let expected: Reach =
            switch scope {
            case .tenant: .tenant
            case .sites: .places(Places(sites: [site]))
            case .assets: .places(Places(assets: [asset]))
            case .own: .places(Places(user: .anna))
            case .assigned: .places(Places(assignee: .anna))
            case .team: .places(Places(team: team))
            }
        let authority = authority([Grant(.workOrderRead, scope)])
        #expect(authority.reach(of: .workOrderRead) == expected)
        #expect(authority.has(.workOrderRead))
        #expect(authority.reach(of: .workOrderUpdate) == .none)
        #expect(!authority.has(.workOrderUpdate))
    }

    @Test func aUserReachesWhatAnyOfTheirRolesReaches() {
        var grants = Grants([Grant(.workOrderRead, .sites), Grant(.workOrderUpdate, .own)])
        grants.formUnion(Grants([Grant(.workOrderRead, .team), Grant(.workOrderRead, .own)]))
        let authority = Authority(user: .anna, grants: grants, membership: membership)
        #expect(authority.reach(of: .workOrderRead) == .places(Places(sites: [site], user: .anna, team: team)))
        #expect(authority.reach(of: .workOrderUpdate) == .places(Places(user: .anna)))
        grants.formUnion(Grants([Grant(.workOrderRead, .tenant)]))
        #expect(Authority(user: .anna, grants: grants).reach(of: .workOrderRead) == .tenant)
    }

    @Test(arguments: [GrantScope.sites, .assets, .team])
    func aUserWhoBelongsNowhereReachesNothingByAScope(scope: GrantScope) {
        let authority = authority([Grant(.workOrderRead, scope), Grant(.assetRead)], Membership())
        #expect(authority.has(.workOrderRead))
        #expect(authority.reach(of: .workOrderRead) == .none)
        #expect(authority.reach(of: .assetRead) == .tenant)
    }

    @Test func unknownGrantsPermitNothingAndAreReported() {
        var unknown: [String] = []
        let grants = Grants([
            GrantText("workorder:read", "tenant"), GrantText("workorder:teleport", "tenant"),
            GrantText("workorder:update", "galaxy"), GrantText("*", "galaxy"), GrantText("WORKORDER:CREATE", "tenant"),
            GrantText("", ""), GrantText("workorder:delete", "tenant", if: "full-moon"),
            // Of a version before: known, and worth nothing here.
            GrantText("workorder:transition", "tenant"),
        ]) { unknown.append($0.description) }
        #expect(grants.permissions == [.workOrderRead])
        #expect(
            unknown == [
                "workorder:teleport (tenant)", "workorder:update (galaxy)", "* (galaxy)", "WORKORDER:CREATE (tenant)",
                " ()", "workorder:delete (tenant if full-moon)",
            ]
        )
    }

    @Test func theWildcardGrantsEveryPermissionInATenant() {
        let grants = Grants([GrantText(Grants.everything, "sites")]) { _ in }
        #expect(grants.permissions == Set(Permission.allCases).subtracting(Permission.ofPlatform))
        #expect(grants.permissions.allSatisfy { grants.scopes(of: $0) == [.sites] })
        #expect(Permission.ofPlatform == [.platformRead, .platformManage])
    }

    @Test func grantsDoNotCoverMoreThanTheyContain() {
        let wide = Grants([Grant(.workOrderRead), Grant(.assetRead)])
        let narrow = Grants([Grant(.workOrderRead, .sites)])
        #expect(wide.cover(narrow))
        #expect(!narrow.cover(wide))
        // What is assigned to somebody is where they are; but whoever may create their own records may do so anywhere.
        #expect(narrow.cover(Grants([Grant(.workOrderRead, .own), Grant(.workOrderRead, .assigned)])))
        #expect(!Grants([Grant(.workOrderCreate, .sites)]).cover(Grants([Grant(.workOrderCreate, .own)])))
        #expect(!Grants([Grant(.workOrderRead, .own)]).cover(Grants([Grant(.workOrderRead, .team)])))
        #expect(!narrow.cover(Grants([Grant(.workOrderUpdate, .sites)])))
        #expect(narrow.cover(narrow))
        #expect(narrow.cover(Grants()))
    }

    @Test func aRequestThatNeedsTwoPermissionsIsLimitedToTheReachOfBoth() {
        let (sites, own) = (Reach.places(Places(sites: [site])), Reach.places(Places(user: .anna)))
        #expect(Reach.tenant.intersection(sites) == sites)
        #expect(sites.intersection(.tenant) == sites)
        #expect(sites.intersection(.none) == .none)
        #expect(sites.intersection(sites) == sites)
        #expect(sites.intersection(own) == .both(sites, own))
    }

    @Test func aUserWhoReachesTheirOwnRecordsCreatesThemAnywhere() {
        let (sites, own) = (Reach.places(Places(sites: [site])), Reach.places(Places(user: .anna, team: team)))
        #expect(sites.ofNew == sites)
        #expect(own.ofNew == .tenant)
        #expect(Reach.both(own, sites).ofNew == sites)
        #expect(Reach.none.ofNew == .none)
    }

    // MARK: - Conditions

    @Test func aGrantUnderAConditionReachesOnlyWhatMeetsIt() {
        let (sites, own) = (Reach.places(Places(sites: [site])), Reach.places(Places(assignee: .anna)))
        let authority = authority([
            Grant(.workOrderUpdate, .assigned, if: .assignedLimited), Grant(.workOrderDelete, .sites, if: .draftOnly),
            Grant(.workOrderUpdate, .sites),
        ])
        #expect(authority.has(.workOrderDelete))
        #expect(authority.reach(of: .workOrderDelete) == .when(.draftOnly, sites))
        let update = authority.reach(of: .workOrderUpdate)
        #expect(update == .either(sites, .when(.assignedLimited, own)))
        #expect(update.conditions == [.assignedLimited])
        #expect(update.given { $0 == .assignedLimited } == .either(sites, own))
        #expect(update.given { _ in false } == sites)
        #expect(update.given { _ in nil } == update)
        #expect(Reach.tenant.union(sites) == .tenant && Reach.none.union(sites) == sites)
        #expect(Reach.when(.draftOnly, sites).given { _ in false } == .none)
    }

    @Test func aConditionIsCoveredByTheSameOrNone() {
        let limited = Grants([Grant(.permitApprove, if: .lotoOnly)])
        #expect(Grants([Grant(.permitApprove)]).cover(limited))
        #expect(limited.cover(limited))
        #expect(!limited.cover(Grants([Grant(.permitApprove)])))
        #expect(!limited.cover(Grants([Grant(.permitApprove, if: .minor)])))
    }

    @Test func aReaderOfAnOlderVersionDoesNotSeeConditionalGrants() {
        let texts = [GrantText("workorder:read", "tenant"), GrantText("workorder:delete", "sites", if: "draft-only")]
        let state = RolePolicyState(tenant: nil, role: "planner", grants: texts)
        #expect(state.grants == [RoleGrant(permission: "workorder:read", scope: "tenant")])
        #expect(state.texts == texts)
    }
}
