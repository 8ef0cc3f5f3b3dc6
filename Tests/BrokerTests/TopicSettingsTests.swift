import Testing

@testable import Broker

/// How a topic's configuration is answered: kept, or refused with INVALID_CONFIG, never silently ignored.
@Suite struct TopicSettingsTests {
    @Test(arguments: [
        ["min.insync.replicas": "1"], ["cleanup.policy": "compact,delete"], ["flush.messages": "1"], ["flush.ms": "0"],
        ["compression.type": "producer"],
    ])
    func whatOneNodeCanKeepIsAccepted(configuration: [String: String]) throws {
        #expect(try LogSettings(configuration).overrides == configuration)
    }

    @Test(arguments: [
        ["min.insync.replicas": "2"], ["no.such.setting": "1"], ["flush.messages": "0"], ["flush.ms": "-1"],
        ["compression.type": "zstd"], ["cleanup.policy": "keep"], ["unclean.leader.election.enable": "true"],
    ])
    func whatItCannotKeepIsRefusedByName(configuration: [String: String]) throws {
        let error = #expect(throws: LogSettings.Invalid.self) { try LogSettings(configuration) }
        #expect(error?.message.contains(try #require(configuration.keys.first)) == true)
    }

    @Test func aTopicWithoutSettingsHasTheBrokersAndNoneOfItsOwn() throws {
        let broker = try LogSettings(["retention.ms": "5"])
        let topic = try LogSettings([:], over: broker)
        #expect(topic.retentionMilliseconds == 5)
        #expect(topic.overrides.isEmpty)
        #expect(topic.described(over: broker).first { $0.name == "retention.ms" }?.source == 4)
    }
}
