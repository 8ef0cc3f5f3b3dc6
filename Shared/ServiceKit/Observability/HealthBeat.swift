import EventSchema
import Foundation
import ServiceLifecycle

/// Publishes every ten seconds how this instance does, and at its end that it is gone. The gateway shows it.
struct HealthBeat: Service {
    private let service: String
    private let health: HealthChecks
    private let vitals: Vitals
    private let teller: EventTeller
    private let startedAt = Date()

    private static let pause = Duration.seconds(10)

    /// The host's name is the pod's in a cluster; two processes of one host differ by their numbers.
    private let instance: String

    init(_ service: String, _ health: HealthChecks, _ vitals: Vitals, _ teller: EventTeller) {
        (self.service, self.health, self.vitals, self.teller) = (service, health, vitals, teller)
        let process = ProcessInfo.processInfo
        instance = "\(service)/\(process.hostName)/\(process.processIdentifier)"
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // An older one that still waits for the log would be out of date when it arrives.
                if self.teller.isIdle { self.teller.tell(await self.now(), tenant: nil, at: Date(), isCounted: false) }
                try? await Task.sleep(for: Self.pause)
            }
        }
        teller.tellDeletion(of: InstanceHealth.self, key: instance, at: Date())
        await teller.settle(within: .milliseconds(500))
    }

    private func now() async -> InstanceHealth {
        let (failures, reading) = (await health.failures(), await vitals.read())
        let reasons = ([health.obstacle] + failures.map { "\($0.name): \($0.reason)" }).compactMap(\.self)
        return InstanceHealth(
            instance: instance,
            daemon: service,
            isReady: health.obstacle == nil && !failures.contains(where: \.isEssential),
            reason: reasons.isEmpty ? nil : String(reasons.joined(separator: "; ").prefix(500)),
            lags: reading.lags.sorted { $0.key < $1.key }.map { TopicLag(topic: $0.key, records: $0.value) },
            waitingSince: reading.waitingSince,
            deadLetters: reading.deadLetters.map(Int64.init),
            refusedEvents: reading.refusedEvents.map(Int64.init),
            startedAt: startedAt,
            at: Date()
        )
    }
}
