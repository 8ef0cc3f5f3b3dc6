import Foundation
import Identifiers
import Testing

@testable import EventSchema

/// One filled-in value of every event: no field is nil, so that every field is seen on the wire.
enum Samples {
    struct Sample: Sendable {
        var name: String
        var value: any Encodable & Sendable
        var roundTrip: @Sendable (EventCodec) throws -> Void
        /// Checks that framed bytes hold this very event.
        var equals: @Sendable (EventCodec, [UInt8]) throws -> Void
    }

    private static func sample<E: Event>(_ event: E) -> Sample {
        let equals: @Sendable (EventCodec, [UInt8]) throws -> Void = { codec, bytes in
            let back = try codec.decode(E.self, from: bytes)
            #expect(back == event)
        }
        return Sample(
            name: E.name,
            value: event,
            roundTrip: { try equals($0, try $0.encode(event)) },
            equals: equals
        )
    }

    static let noon = Date(timeIntervalSince1970: 1_780_315_200)

    static let batch = TelemetryBatch(
        session: UUID.v8(hashing: "session"),
        sequence: 300,
        readings: [
            Reading(asset: "INV-2", tag: "ac_power", timestamp: 1_780_315_200_000_000, value: -0.25, quality: .good),
            Reading(asset: "INV-2", tag: "temperatur_\u{b0}", timestamp: -1, value: .infinity, quality: .uncertain),
            Reading(asset: "", tag: "", timestamp: Int64.min, value: 0, quality: .bad),
        ]
    )

    static let received = TelemetryReceived(
        site: "NREL-RSF2",
        asset: "INV-2",
        session: batch.session,
        sequence: 1,
        receivedAt: 5,
        readings: [TagReading(tag: "ac_power", timestamp: 4, value: 1.5, quality: .bad)]
    )

    static let order = WorkOrderSnapshot(
        id: .fixed(1),
        tenant: .fixed(2),
        number: "WO-2026-000001",
        title: "t",
        description: "d",
        type: .emergency,
        priority: .critical,
        status: .inProgress,
        site: .fixed(3),
        asset: .fixed(4),
        assignedTo: .fixed(5),
        scheduledStart: noon,
        scheduledEnd: noon,
        actualStart: noon,
        actualEnd: noon,
        origin: .alert,
        originID: "o",
        tasks: [
            TaskSnapshot(
                id: .fixed(6),
                title: "x",
                position: 1,
                status: .completed,
                completedAt: noon,
                completedBy: .fixed(7),
                notes: "n"
            )
        ],
        createdAt: noon,
        createdBy: .fixed(8),
        updatedAt: noon,
        version: 3
    )

    static let all: [Sample] = [
        sample(SigningKeyState(kid: "k", modulus: "m", exponent: "AQAB", createdAt: noon)),
        sample(RolePolicyState(tenant: .fixed(9), role: "r", permissions: ["a:b"])),
        sample(
            UserState(
                id: .fixed(10),
                tenant: .fixed(11),
                email: "a@b",
                displayName: "A",
                phone: "+49",
                roles: ["r"],
                isActive: true,
                version: 1
            )
        ),
        sample(SessionEnded(session: .fixed(12), user: .fixed(13), endedAt: noon)),
        sample(
            AuditRecorded(
                tenant: .fixed(14),
                user: .fixed(15),
                service: "s",
                action: "A",
                resourceType: "t",
                resourceID: "i",
                cause: "c",
                address: "::1",
                userAgent: "u",
                changes: "{}",
                at: noon
            )
        ),
        sample(
            SiteState(
                id: .fixed(16),
                tenant: .fixed(17),
                code: "S",
                name: "n",
                timeZone: "UTC",
                latitude: 1,
                longitude: 2,
                capacityMW: 3,
                status: "active",
                version: 1
            )
        ),
        sample(
            AssetState(
                id: .fixed(18),
                tenant: .fixed(19),
                site: .fixed(20),
                siteCode: "S",
                code: "A",
                name: "n",
                type: "inverter",
                status: .degraded,
                parent: .fixed(21),
                level: 2,
                ratedPowerKW: 4,
                tags: ["x", "y"],
                version: 1
            )
        ),
        sample(
            SensorState(
                id: .fixed(22),
                tenant: .fixed(23),
                site: .fixed(24),
                siteCode: "S",
                asset: .fixed(25),
                assetCode: "A",
                tag: "t",
                unit: "Cel",
                minimum: -1,
                maximum: 1,
                version: 1
            )
        ),
        sample(WorkOrderCreated(workOrder: order)),
        sample(WorkOrderUpdated(workOrder: order, changedFields: ["title"], by: .fixed(26))),
        sample(
            WorkOrderStateChanged(
                workOrder: order,
                from: .open,
                to: .inProgress,
                transition: "start",
                reason: "r",
                by: .fixed(27),
                at: noon
            )
        ),
        sample(
            WorkOrderRequested(
                request: .fixed(28),
                tenant: .fixed(29),
                site: .fixed(30),
                asset: .fixed(31),
                title: "t",
                description: "d",
                type: .emergency,
                priority: .high,
                origin: .alert,
                originID: "o",
                requestedAt: noon
            )
        ),
        sample(
            AlertRuleState(
                id: .fixed(32),
                tenant: .fixed(33),
                name: "n",
                type: "T",
                site: .fixed(34),
                asset: .fixed(35),
                tag: "t",
                comparison: .below,
                threshold: 1,
                consecutive: 3,
                severity: .warning,
                isEnabled: true,
                createsWorkOrder: false,
                version: 1
            )
        ),
        sample(
            AlertDetected(
                id: .fixed(36),
                tenant: .fixed(37),
                rule: .fixed(38),
                type: "T",
                severity: .critical,
                site: .fixed(39),
                siteCode: "S",
                asset: .fixed(40),
                assetCode: "A",
                tag: "t",
                value: 1,
                unit: "Cel",
                threshold: 0,
                consecutive: 3,
                firstAt: noon,
                at: noon
            )
        ),
        sample(
            AlertChanged(
                id: .fixed(41),
                tenant: .fixed(42),
                rule: .fixed(43),
                asset: .fixed(44),
                severity: .info,
                status: .acknowledged,
                workOrder: .fixed(45),
                at: noon,
                version: 2
            )
        ),
        sample(
            NotificationDelivered(
                id: .fixed(46),
                tenant: .fixed(47),
                alert: .fixed(48),
                user: .fixed(49),
                channel: .inApp,
                outcome: .failed,
                attempts: 5,
                error: "e",
                at: noon
            )
        ),
        sample(
            SyncChangeProposed(
                change: .fixed(50),
                tenant: .fixed(51),
                user: .fixed(52),
                roles: ["r"],
                device: .fixed(53),
                entity: .task,
                entityID: "i",
                parentID: "p",
                operation: .update,
                baseVersion: 1,
                strategy: .merge,
                fields: "{}",
                changedAt: noon,
                proposedAt: noon
            )
        ),
        sample(
            SyncChangeDecided(
                change: .fixed(54),
                tenant: .fixed(55),
                entity: .workOrder,
                entityID: "i",
                verdict: .merged,
                version: 2,
                reason: "r",
                server: "{}",
                decidedAt: noon
            )
        ),
        sample(
            PredictionMade(
                id: .fixed(56),
                tenant: .fixed(57),
                asset: .fixed(58),
                model: "m",
                failureProbability: 0.5,
                confidence: 0.9,
                workOrderRequested: true,
                at: noon
            )
        ),
        sample(received),
        sample(
            TelemetryValidated(tenant: .fixed(59), site: .fixed(60), asset: .fixed(61), readings: received.readings)
        ),
        sample(
            TelemetryRejected(
                site: "S",
                asset: "A",
                tag: "t",
                timestamp: 1,
                value: 2,
                refusal: .outOfRange,
                detail: "d",
                payload: Data([1, 2]),
                rejectedAt: noon
            )
        ),
        sample(
            TelemetryAggregated(
                tenant: .fixed(62),
                site: .fixed(63),
                asset: .fixed(64),
                tag: "t",
                minutes: 15,
                start: noon,
                count: 1,
                average: 1,
                minimum: 1,
                maximum: 1,
                sum: 1,
                standardDeviation: 0,
                uncertainCount: 0,
                badCount: 0
            )
        ),
    ]
}

extension Identifier {
    /// The same in every run: golden files hold it.
    static func fixed(_ number: Int) -> Identifier { Identifier(.v8(hashing: "sample \(number)")) }
}
