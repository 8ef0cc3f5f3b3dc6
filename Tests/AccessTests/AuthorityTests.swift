import Access
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
            ("workorder:read", "tenant"), ("workorder:teleport", "tenant"), ("workorder:update", "galaxy"),
            ("*", "galaxy"), ("WORKORDER:CREATE", "tenant"), ("", ""),
        ]) { unknown.append("\($0) \($1)") }
        #expect(grants.permissions == [.workOrderRead])
        #expect(
            unknown == [
                "workorder:teleport tenant", "workorder:update galaxy", "* galaxy", "WORKORDER:CREATE tenant", " ",
            ]
        )
    }

    @Test func theWildcardGrantsEveryPermissionInATenant() {
        let grants = Grants([(Grants.everything, "sites")]) { _, _ in }
        #expect(grants.permissions == Set(Permission.allCases).subtracting(Permission.ofPlatform))
        #expect(grants.permissions.allSatisfy { grants.scopes(of: $0) == [.sites] })
        #expect(Permission.ofPlatform == [.platformRead, .platformManage])
    }

    @Test func grantsDoNotCoverMoreThanTheyContain() {
        let wide = Grants([Grant(.workOrderRead), Grant(.assetRead)])
        let narrow = Grants([Grant(.workOrderRead, .sites)])
        #expect(wide.cover(narrow))
        #expect(!narrow.cover(wide))
        #expect(!narrow.cover(Grants([Grant(.workOrderRead, .own)])))
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
}
