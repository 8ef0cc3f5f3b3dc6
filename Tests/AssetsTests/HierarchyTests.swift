import EventSchema
import Identifiers
import Testing

@testable import Assets

@Suite struct HierarchyTests {
    private let site = SiteID.new()

    private func asset(level: Int, site: SiteID? = nil) -> AssetState {
        AssetState(
            id: .new(),
            tenant: .new(),
            site: site ?? self.site,
            siteCode: "S",
            code: "A",
            name: "A",
            type: "zone",
            status: .operational,
            parent: nil,
            level: level,
            ratedPowerKW: nil,
            tags: [],
            version: 1
        )
    }

    @Test func fiveLevelsAreAllowedAndASixthIsRefused() throws {
        #expect(try Hierarchy.level(below: nil, site: site) == 1)
        #expect(try Hierarchy.level(below: asset(level: 4), site: site) == 5)
        #expect(throws: Refusal.tooDeep) { try Hierarchy.level(below: asset(level: 5), site: site) }
    }

    @Test func aParentMustBelongToTheSameSite() {
        #expect(throws: Refusal.parentOfOtherSite) {
            try Hierarchy.level(below: asset(level: 1, site: .new()), site: site)
        }
    }

    @Test func anAssetCannotBeItsOwnAncestor() {
        let moved = asset(level: 2)
        let child = asset(level: 3)
        #expect(throws: Refusal.cycle) {
            try Hierarchy.checkMove(of: moved, height: 2, descendants: [child.id], below: child)
        }
        #expect(throws: Refusal.cycle) {
            try Hierarchy.checkMove(of: moved, height: 1, descendants: [], below: moved)
        }
    }

    @Test func aSubtreeMovesWithItsWholeHeight() throws {
        let moved = asset(level: 2)
        #expect(try Hierarchy.checkMove(of: moved, height: 3, descendants: [], below: asset(level: 2)) == 3)
        #expect(throws: Refusal.tooDeep) {
            try Hierarchy.checkMove(of: moved, height: 3, descendants: [], below: asset(level: 3))
        }
    }
}
