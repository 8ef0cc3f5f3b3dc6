import EventSchema
import Foundation
import Kafka
import LocalFleet
import Testing

extension AccountTests {
    /// The fleet of these tests runs with an identity for each daemon. What the catalogue does not give it, the log refuses.
    func daemonsMayDoOnlyWhatTheCatalogueSays(_ fleet: Fleet) async throws {
        for daemon in DaemonSpec.all {
            let settings = await fleet.kafka(as: daemon.name)
            func may(_ operation: String, _ topic: Topic) -> Bool {
                daemon.kafkaRules.contains { ($0.operation, $0.kind, $0.name) == (operation, "topic", topic.name) }
            }
            let (unreadable, unwritable) = (
                Topic.all.filter { !may("Read", $0) }, Topic.all.filter { !may("Write", $0) }
            )
            #expect(unreadable.count > 5 && unwritable.count > 5, "\(daemon.name)")
            let producer = try KafkaProducer(settings, timeout: .seconds(60))
            for topic in unwritable {
                await #expect("\(daemon.name) writes \(topic.name)") {
                    try await producer.send(KafkaRecord(topic: topic.name, key: [1], value: [1]))
                } throws: { ($0 as? KafkaError)?.isRefusal == true }
            }
            await producer.close()
            // What it has nothing to do with is not even there for it.
            let admin = try KafkaAdmin(settings)
            for topic in unreadable where unwritable.contains(topic) {
                do {
                    let found = try await admin.describe([topic.name])
                    #expect(found.isEmpty, "\(daemon.name) sees \(topic.name)")
                } catch let error as KafkaError {
                    #expect(error.isRefusal, "\(daemon.name) asks for \(topic.name): \(error)")
                }
            }
        }
    }
}
