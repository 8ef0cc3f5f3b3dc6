import Testing

@testable import Broker

/// How a topic's configuration is handled: stored, or refused with INVALID_CONFIG, but never silently ignored.
@Suite struct TopicSettingsTests {
    @Test(arguments: [
        ["min.insync.replicas": "1"], ["cleanup.policy": "compact,delete"], ["flush.messages": "1"], ["flush.ms": "0"],
        ["compression.type": "producer"],
    ])
    func settingsThatOneNodeCanHonourAreAccepted(configuration: [String: String]) throws {
        #expect(try LogSettings(configuration).overrides == configuration)
    }

    /// Without effect here, but real clients and tools send them.
    @Test(arguments: [
        ["compression.type": "zstd"], ["compression.type": "uncompressed"], ["min.insync.replicas": "2"],
        ["unclean.leader.election.enable": "true"], ["message.format.version": "2.8"],
        ["message.downconversion.enable": "false"], ["leader.replication.throttled.replicas": "*"],
        ["follower.replication.throttled.replicas": "0:1,2:1"],
    ])
    func settingsWithoutEffectAreStoredAndReturned(configuration: [String: String]) throws {
        let settings = try LogSettings(configuration)
        let told = settings.described(over: LogSettings()).filter { $0.source == 1 }
        #expect(Dictionary(uniqueKeysWithValues: told.map { ($0.name, $0.value) }) == configuration)
    }

    @Test func elementsAreAddedToAListAndRemovedFromIt() throws {
        let policy = "cleanup.policy"
        #expect(try LogSettings.list(policy, "delete", adding: "compact") == "delete,compact")
        #expect(try LogSettings.list(policy, "delete,compact", adding: "compact, delete") == "delete,compact")
        #expect(try LogSettings.list(policy, "delete,compact", removing: "delete") == "compact")
        #expect(try LogSettings.list(policy, "compact", removing: "delete") == "compact")
        #expect(try LogSettings.list(policy, nil, adding: "compact") == "delete,compact")
        #expect(throws: LogSettings.Invalid.self) { try LogSettings.list("retention.ms", "5", adding: "6") }
        #expect(throws: LogSettings.Invalid.self) { try LogSettings.list("no.such.setting", nil, adding: "6") }
    }

    @Test(arguments: [
        ["min.insync.replicas": "0"], ["no.such.setting": "1"], ["flush.messages": "0"], ["flush.ms": "-1"],
        ["compression.type": "brotli"], ["cleanup.policy": "keep"], ["cleanup.policy": ""],
        ["unclean.leader.election.enable": "perhaps"], ["message.timestamp.type": "LogAppendTime"],
        ["message.format.version": ""], ["message.downconversion.enable": "no"],
        ["leader.replication.throttled.replicas": "0"], ["follower.replication.throttled.replicas": "*,0:1"],
    ])
    func settingsThatCannotBeHonouredAreRefusedByName(configuration: [String: String]) throws {
        let error = #expect(throws: LogSettings.Invalid.self) { try LogSettings(configuration) }
        #expect(error?.message.contains(try #require(configuration.keys.first)) == true)
    }

    @Test func aTopicWithoutSettingsUsesTheBrokers() throws {
        let broker = try LogSettings(["retention.ms": "5"])
        let topic = try LogSettings([:], over: broker)
        #expect(topic.retentionMilliseconds == 5)
        #expect(topic.overrides.isEmpty)
        #expect(topic.described(over: broker).first { $0.name == "retention.ms" }?.source == 4)
    }
}
