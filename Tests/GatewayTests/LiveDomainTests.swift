import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import Gateway

/// Cursors, what a client may see, and what it asks for.
@Suite struct LiveDomainTests {
    @Test func aCursorSurvivesItsText() throws {
        var position = LogPosition()
        position[0, 2] = 5
        position[3, 0] = 1_234_567_890_123
        position[6, 1] = 1
        let cursor = LiveCursor(position, at: .noon)
        #expect(try #require(LiveCursor(cursor.text)) == cursor)
        #expect(cursor.position[0, 0] == 0)
        #expect(cursor.position[0, 9] == 0, "a partition that was added later is read from its beginning")
        #expect(cursor.knows([0, 3]) && !cursor.knows([0, 1]))
        #expect(!cursor.isExpired(at: .noon + LiveCursor.lifetime))
        #expect(cursor.isExpired(at: .noon + LiveCursor.lifetime + 2))
    }

    @Test(arguments: [
        "", "x", "AQ", "AA", "AgA", "!!!!", String(repeating: "A", count: 3000), "AQH//////////38",
    ])
    func whatIsNoCursorIsRefused(text: String) { #expect(LiveCursor(text) == nil) }

    @Test func randomCursorsNeverTrap() {
        var random = Seeded(3)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = Data([1] + bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            if let cursor = LiveCursor(text) {
                #expect(LiveCursor(cursor.text)?.position == cursor.position)
                _ = cursor.isExpired(at: .noon)
            }
        }
    }

    private static let inside = AssetTree.sample

    @Test(arguments: [
        (Reach.none, false), (.tenant, true), (.places(Places(sites: [.sample(30)])), true),
        (.places(Places(sites: [.sample(31)])), false), (.places(Places(assets: [.sample(20)])), true),
        (.places(Places(assets: [.sample(21)])), true), (.places(Places(assets: [.sample(22)])), false),
        (.places(Places(user: .anna)), true), (.places(Places(user: .bo)), true),
        (.places(Places(user: .sample(3))), false), (.places(Places(team: .sample(50))), true),
        (.places(Places(team: .sample(51))), false),
        (.both(.places(Places(sites: [.sample(30)])), .places(Places(user: .sample(3)))), false),
        (.both(.places(Places(sites: [.sample(30)])), .places(Places(user: .anna))), true),
    ])
    func reachIncludesWhatAQueryWouldFind(reach: Reach, isSeen: Bool) {
        let place = RecordPlace(
            site: .sample(30),
            assets: Self.inside.chain(.sample(20)),
            owners: [.anna],
            assignees: [.bo],
            teams: [.sample(50)]
        )
        #expect(reach.includes(place) == isSeen)
    }

    @Test func anAssetsPlaceOutlivesItAndACycleEnds() {
        var tree = AssetTree.sample
        #expect(tree.chain(.sample(20)) == [.sample(20), .sample(21)])
        tree.remove(AssetID.sample(20))
        #expect(tree.chain(.sample(20)) == [.sample(20), .sample(21)])
        tree.put(.sample(21, below: .sample(20)))
        tree.put(.sample(20, below: .sample(21)))
        #expect(tree.chain(.sample(20)) == [.sample(20), .sample(21)])
    }

    @Test func filtersNarrowWhatMayBeSeen() {
        let authority = Authority(user: .anna, grants: Grants([Grant(.workOrderRead), Grant(.alertRead, .sites)]))
        let place = RecordPlace(site: .sample(30), assets: [.sample(20)], owners: [.anna])
        func sight(_ filter: LiveFilter) -> Sight {
            Sight(tenant: .sunfield, user: .anna, filter: filter, authority: authority)
        }
        #expect(sight(LiveFilter(kinds: [.workOrders])).sees(.workOrders, of: .sunfield, place))
        #expect(!sight(LiveFilter(kinds: [.workOrders])).sees(.workOrders, of: .windward, place))
        #expect(!sight(LiveFilter(kinds: [.alerts])).sees(.workOrders, of: .sunfield, place))
        #expect(!sight(LiveFilter(kinds: [.alerts])).sees(.alerts, of: .sunfield, place), "a scope without a site")
        #expect(sight(LiveFilter(kinds: [.workOrders], isOwn: true)).sees(.workOrders, of: .sunfield, place))
        #expect(
            !sight(LiveFilter(kinds: [.workOrders], isOwn: true))
                .sees(.workOrders, of: .sunfield, RecordPlace(assignees: [.bo]))
        )
        #expect(!sight(LiveFilter(kinds: [.workOrders], site: .sample(31))).sees(.workOrders, of: .sunfield, place))
        #expect(!sight(LiveFilter(kinds: [.workOrders], asset: .sample(21))).sees(.workOrders, of: .sunfield, place))
        #expect(sight(LiveFilter(kinds: [.alerts, .sites])).forbidden == [.sites])
    }

    @Test func aChangeOfAuthorityIsSeen() {
        let filter = LiveFilter(kinds: [.workOrders])
        var sight = Sight(
            tenant: .sunfield,
            user: .anna,
            filter: filter,
            authority: Authority(user: .anna, grants: Grants([Grant(.workOrderRead)]))
        )
        // What has nothing to do with what is followed changes nothing.
        let same = sight.update(Authority(user: .anna, grants: Grants([Grant(.workOrderRead), Grant(.alertRead)])))
        #expect(!same)
        let narrower = sight.update(Authority(user: .anna, grants: Grants([Grant(.workOrderRead, .own)])))
        #expect(narrower)
        #expect(!sight.sees(.workOrders, of: .sunfield, RecordPlace()))
    }

    @Test(arguments: [
        #"{"type":"subscribe","kinds":[]}"#, #"{"type":"subscribe","kinds":["nothing"]}"#, #"{"type":"x"}"#, "[]", "{",
        #"{"type":"subscribe","kinds":["alerts"],"site":"x"}"#,
        #"{"type":"subscribe","kinds":["alerts"],"own":"maybe"}"#,
        #"{"type":"token"}"#, #"{"type":"subscribe"}"#,
    ])
    func whatIsNoRequestIsRefused(text: String) {
        #expect(throws: InvalidInput.self) { try LiveRequest(message: text.utf8) }
    }

    @Test func requestsAreRead() throws {
        let request = try LiveRequest(
            message: #"{"type":"subscribe","kinds":["alerts","workorders"],"own":true,"site":"\#(SiteID.sample(30))"}"#
                .utf8
        )
        let filter = LiveFilter(kinds: [.alerts, .workOrders], site: .sample(30), isOwn: true)
        #expect(request == .subscribe(filter, cursor: nil))
    }

    @Test func recentMessagesAreBounded() {
        var recent = RecentMessages(limit: 3, bytes: 100)
        for offset in 0..<10 as Range<Int64> {
            let left = recent.append(.sample(offset, bytes: 10))
            #expect(left.map(\.offset) == (offset < 3 ? [] : [offset - 3]))
        }
        #expect((recent.count, recent.bytes) == (3, 30))
        #expect(recent.append(.sample(10, bytes: 95)).map(\.offset) == [7, 8, 9])
        var seen: [Int64] = []
        var position = LogPosition()
        position[0, 0] = 10
        recent.each(from: position) {
            seen.append($0.offset)
            return true
        }
        #expect(seen == [10])
    }

    @Test func placesAreCountedAndGivenBack() throws {
        var occupancy = Occupancy(.init(instance: 3, tenant: 2, user: 1))
        try occupancy.enter(.anna, of: .sunfield)
        #expect(throws: Occupancy.Refusal.user(1)) { try occupancy.enter(.anna, of: .sunfield) }
        try occupancy.enter(.bo, of: .sunfield)
        #expect(throws: Occupancy.Refusal.tenant(2)) { try occupancy.enter(.sample(3), of: .sunfield) }
        try occupancy.enter(.sample(4), of: .windward)
        #expect(throws: Occupancy.Refusal.instance(3)) { try occupancy.enter(.sample(5), of: .windward) }
        occupancy.leave(.anna, of: .sunfield)
        try occupancy.enter(.anna, of: .sunfield)
        #expect(occupancy.total == 3)
    }
}

extension AssetTree {
    /// An inverter (20) below a string (21), at the site 30.
    fileprivate static var sample: AssetTree {
        var tree = AssetTree()
        tree.put(.sample(21, below: nil))
        tree.put(.sample(20, below: .sample(21)))
        return tree
    }
}

extension AssetState {
    fileprivate static func sample(_ number: UInt8, below parent: AssetID?) -> AssetState {
        AssetState(
            id: .sample(number),
            tenant: .sunfield,
            site: .sample(30),
            siteCode: "S",
            code: "A-\(number)",
            name: "Inverter",
            type: "inverter",
            status: .operational,
            parent: parent,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: 1
        )
    }
}

extension LiveMessage {
    fileprivate static func sample(_ offset: Int64, bytes: Int) -> LiveMessage {
        LiveMessage(
            kind: .workOrders,
            tenant: .sunfield,
            topic: 0,
            partition: 0,
            offset: offset,
            body: [UInt8](repeating: 32, count: bytes)
        )
    }
}
