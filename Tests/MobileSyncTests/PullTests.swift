import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import MobileSync

/// What devices download: the latest form of each record, including deletions, without duplicates or gaps.
@Suite struct PullTests {
    @Test func aDeviceGetsEverythingFirstAndThenOnlyChanges() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            try await store.database.handle(WorkOrderState.sample(), by: feed.put)
            for number in UInt8(20)..<25 { try await store.apply(.sample(.sample(number)), feed) }
            var device = Device(client: client)
            try await device.pull()
            #expect(device.records.count == 6)
            #expect(device.received.count == 6)
            let order = try #require(device.records[WorkOrderID.sample(40).description])
            #expect(order["number"] as? String == "WO-2026-000001")

            device.received = []
            try await device.pull()
            #expect(device.received.isEmpty)
            try await store.apply(.sample(.sample(22), version: 2), feed)
            try await store.apply(.sample(.sample(22), version: 3), feed)
            try await store.database.handle(Deletion(AssetID.sample(21)), by: feed.removeAsset)
            try await device.pull()
            #expect(device.received == [AssetID.sample(22).description, AssetID.sample(21).description])
            #expect(device.records[AssetID.sample(22).description]?["name"] as? String == "Inverter, version 3")
            #expect(device.records[AssetID.sample(21).description] == nil)
        }
    }

    /// A page of large records ends early, and no record is left out: not even a deleted one, which has no size.
    @Test func aPageEndsWhenItsRecordsAreLarge() async throws {
        try await withSync { _, store in
            let feed = FeedConsumer(store: store)
            for number in UInt8(20)..<26 { try await store.apply(.sample(.sample(number)), feed) }
            for number in [UInt8(22), 25] {
                try await store.database.handle(Deletion(AssetID.sample(number)), by: feed.removeAsset)
            }
            let reach = FeedReach(Authority(user: .anna, grants: Grants([Grant(.assetRead, .tenant)])))
            for size in [1, 300, 600, 100_000] {
                var received: [UUID] = []
                var position: Int64 = 0
                var pages = 0
                while true {
                    let page = try await store.changes(
                        tenant: .sunfield,
                        within: reach,
                        after: position,
                        entities: [.asset],
                        limit: 4,
                        upTo: size
                    )
                    received += page.records.map(\.id)
                    position = page.records.last?.position ?? position
                    pages += 1
                    guard page.hasMore else { break }
                }
                let expected = [20, 21, 23, 24, 22, 25].map { AssetID.sample($0).rawValue }
                #expect(received == expected, "\(size)")
                #expect(size > 1 || pages >= 4)
                #expect(size < 100_000 || pages == 2)
            }
        }
    }

    /// As when a new release with more fields in its feed reads the topic again.
    @Test func theSameVersionWithDifferentFieldsIsAChange() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            var device = Device(client: client)
            try await store.apply(.sample(version: 2), feed)
            try await device.pull()
            device.received = []
            try await store.database.of(.sunfield).execute("UPDATE feed SET body = body - 'name'")
            try await store.apply(.sample(version: 2), feed)
            try await device.pull()
            #expect(device.received == [AssetID.sample(20).description])
            #expect(device.records[AssetID.sample(20).description]?["name"] as? String == "Inverter, version 2")
        }
    }

    @Test func aRepeatedOrLateEventIsNotAChange() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            var device = Device(client: client)
            try await store.apply(.sample(version: 2), feed)
            try await device.pull()
            device.received = []
            for version in [2, 1] as [Int64] { try await store.apply(.sample(version: version), feed) }
            try await device.pull()
            #expect(device.received.isEmpty)
            for _ in 0..<2 {
                try await store.database.handle(Deletion(AssetID.sample(20)), by: feed.removeAsset)
            }
            // A deleted record stays deleted, and its deletion is delivered once.
            try await store.apply(.sample(version: 3), feed)
            try await device.pull()
            #expect(device.received == [AssetID.sample(20).description])
            #expect(device.records.isEmpty)
        }
    }

    @Test func changesDuringAPagedPullAreNotMissed() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            for number in 1...9 { try await store.apply(.sample(.sample(UInt8(number))), feed) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for version in 2...6 as ClosedRange<Int64> {
                    for number in 1...9 {
                        group.addTask { try await store.apply(.sample(.sample(UInt8(number)), version: version), feed) }
                    }
                }
                var device = Device(client: client)
                for _ in 0..<5 { try await device.pull() }
                try await group.waitForAll()
                try await device.pull()
                #expect(Set(device.records.values.compactMap { $0["version"] as? Int }) == [6])
                #expect(device.records.count == 9)
            }
        }
    }

    @Test func aLateCommitIsNotSkippedByTheCursor() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            let (late, open) = AsyncStream.makeStream(of: Void.self)
            let isWritten = Mutex(false)
            async let first: Void = store.database.of(.sunfield).transaction { tx in
                try await feed.put(Delivery(AssetState.sample(.sample(1)), of: .sunfield), tx)
                isWritten.withLock { $0 = true }
                for await _ in late {}
            }
            try await eventually("the first to be written") { isWritten.withLock { $0 } ? () : nil }
            let isCommitted = Mutex(false)
            async let second: Void = {
                try await store.apply(.sample(.sample(2)), feed)
                isCommitted.withLock { $0 = true }
            }()
            // The second transaction waits for the first, or it has finished.
            try await eventually("the second to wait") {
                let waiting = try await store.database.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                )
                return waiting > 0 || isCommitted.withLock { $0 } ? () : nil
            }
            var device = Device(client: client)
            try await device.pull()
            open.finish()
            _ = try await (first, second)
            try await device.pull()
            #expect(Set(device.records.keys) == [AssetID.sample(1).description, AssetID.sample(2).description])
        }
    }

    @Test func aDeviceGetsOnlyItsTenantsRecordsOfTheRequestedKinds() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            try await store.database.handle(WorkOrderState.sample(), by: feed.put)
            try await store.apply(.sample(), feed)
            try await store.apply(.sample(.sample(21), of: .windward), feed)
            var orders = Device(client: client)
            try await orders.pull(entities: ["work_order"])
            #expect(Array(orders.records.keys) == [WorkOrderID.sample(40).description])
            var foreign = Device(client: try await client.acting(as: .bo, of: .windward))
            try await foreign.pull()
            #expect(Array(foreign.records.keys) == [AssetID.sample(21).description])
        }
    }

    /// A state topic is compacted, so of many changes possibly only the last one is delivered. A device must get that one once.
    @Test func aWorkOrderIsDeliveredOnceInItsLatestFormAndThenAsADeletion() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            func tell(_ version: Int64) async throws {
                try await store.database.handle(WorkOrderState.sample(version: version), by: feed.put)
            }
            var device = Device(client: client)
            // The first version comes again, as when the topic is read from its beginning.
            for version: Int64 in [1, 7, 7, 1] { try await tell(version) }
            try await device.pull()
            let id = WorkOrderID.sample(40)
            #expect(device.received == [id.description])
            #expect(device.records[id.description]?["version"] as? Int == 7)
            for _ in 0..<2 {
                try await store.database.handle(Deletion(id), by: feed.removeWorkOrder)
                try await tell(7)
            }
            device.received = []
            try await device.pull()
            #expect(device.received == [id.description])
            #expect(device.records.isEmpty)
        }
    }

    @Test func anInvalidPullIsRefusedWithTheField() async throws {
        try await withSync { client, _ in
            for (body, field) in [
                (["limit": 0], "limit"), (["limit": 1001], "limit"), (["cursor": "x"], "cursor"),
                (["cursor": "-1"], "cursor"), (["entities": ["user"]], "entities[0]"),
            ] as [([String: Any], String)] {
                let answer = try await client.send(.post, "/api/v1/sync/pull", body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]))
            }
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.post, "/api/v1/sync/pull").status == .forbidden)
        }
    }
}

extension SyncStore {
    func apply(_ asset: AssetState, _ feed: FeedConsumer) async throws {
        try await database.handle(asset, of: asset.tenant, by: feed.put)
    }
}
