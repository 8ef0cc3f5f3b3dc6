import EventSchema
import Foundation
import Kafka
import LocalServers
import ServiceKit
import ServiceLifecycle
import TestSupport
import Testing

@testable import StreamProcessor

/// Rules and assets that a newer build wrote are skipped by this build, but not without a count.
@Suite(.timeLimit(.minutes(10))) struct UnknownEventTests {
    @Test func theRegistryCountsWhatItSkips() async throws {
        try await Plant.run { plant in
            let rule = try NewerSchema("alerts.rule.v2", id: 991, of: AlertRuleState.name, renaming: "above")
            let badge = try NewerSchema("assets.badge.v1", id: 992, of: AlertRuleState.name)
            let state = AlertRuleState.sample(above: 60, consecutive: 3)
            var other = try badge.record(state)
            other.topic = Topic.assetEvents.name
            try await plant.daemon.ensureTopics([.schemas])
            try await plant.write([rule.announcement(), badge.announcement(), rule.record(state), other])

            let metrics = plant.daemon.metrics
            let skipped = ["alerts.rules", "assets.events"].map {
                metrics.counter("records_skipped_total", "", ["topic": $0])
            }
            let registry = RegistryFeed(plant.daemon, plant.store)
            let services: [any Service] = [plant.daemon.schemas, registry]
            let tasks = services.map { service in Task { try await service.run() } }
            try await eventually("both records to be skipped") { skipped.allSatisfy { $0.total > 0 } ? () : nil }
            #expect(skipped.map(\.total) == [1, 1])
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
        }
    }
}
