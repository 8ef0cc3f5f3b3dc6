import OrderedCollections
import Testing

@testable import Broker

/// The group's state machine: requests in, answers out, no network and no clock.
@Suite struct GroupTests {
    @Test func aLoneMemberLeadsAtOnce() throws {
        var group = Group(id: "g", initialDelay: 0)
        let joined = try #require(group.join(.sample(), newID: "anna", now: 0).joined("anna"))
        #expect(joined.error == .none)
        #expect(joined.generation == 1)
        #expect(joined.leader == "anna")
        #expect(joined.members.map(\.id) == ["anna"])
    }

    @Test func aNewMemberOfACurrentClientGetsItsIDFirst() throws {
        var group = Group(id: "g", initialDelay: 0)
        let first = try #require(
            group.join(.sample(requiresMemberID: true), newID: "anna", now: 0).joined("anna")
        )
        #expect(first.error == .memberIDRequired)
        #expect(group.members.isEmpty)
        let second = try #require(
            group.join(.sample("anna", requiresMemberID: true), newID: "x", now: 1).joined("anna")
        )
        #expect(second.error == .none)
    }

    @Test func theFirstMemberWaitsForOthersDuringTheInitialDelay() {
        var group = Group(id: "g", initialDelay: 300)
        #expect(group.join(.sample(), newID: "anna", now: 0).isEmpty)
        #expect(group.join(.sample(), newID: "bo", now: 100).isEmpty)
        #expect(group.tick(now: 299).isEmpty)
        #expect(group.tick(now: 300).isEmpty)  // one came: another round
        #expect(group.tick(now: 599).isEmpty)
        let effects = group.tick(now: 600)
        #expect(effects.joined("anna")?.members.count == 2)
        #expect(effects.joined("bo")?.members.isEmpty == true)
        #expect(group.generation == 1)
    }

    @Test func aSecondMemberCausesARebalanceThatAHeartbeatReportsToTheFirst() throws {
        var group = Group.stable(["anna"])
        #expect(group.join(.sample(), newID: "bo", now: 10).isEmpty)
        #expect(group.heartbeat(member: "anna", instanceID: nil, generation: 1, now: 11) == .rebalanceInProgress)
        let effects = group.join(.sample("anna"), newID: "x", now: 12)
        #expect(effects.joined("anna")?.generation == 2)
        #expect(effects.joined("bo")?.leader == "anna")
    }

    @Test func followersWaitForTheLeadersAssignment() throws {
        var group = Group(id: "g", initialDelay: 10)
        _ = group.join(.sample(), newID: "anna", now: 0)
        _ = group.join(.sample(), newID: "bo", now: 0)
        _ = group.tick(now: 10)
        _ = group.tick(now: 20)
        #expect(group.sync(member: "bo", instanceID: nil, generation: 1, assignments: [:], now: 11).isEmpty)
        let effects = group.sync(
            member: "anna",
            instanceID: nil,
            generation: 1,
            assignments: ["anna": [1], "bo": [2]],
            now: 12
        )
        #expect(effects.synced("anna")?.assignment == [1])
        #expect(effects.synced("bo")?.assignment == [2])
        #expect(group.state == .stable)
    }

    @Test func aSilentMemberIsDroppedAndTheOthersRebalance() {
        var group = Group.stable(["anna", "bo"], sessionTimeout: 100)
        #expect(group.heartbeat(member: "anna", instanceID: nil, generation: 1, now: 90) == .none)
        _ = group.tick(now: 150)
        #expect(Array(group.members.keys) == ["anna"])
        #expect(group.heartbeat(member: "bo", instanceID: nil, generation: 1, now: 151) == .unknownMemberID)
        #expect(group.heartbeat(member: "anna", instanceID: nil, generation: 1, now: 151) == .rebalanceInProgress)
    }

    @Test func aMemberThatWaitsForOurAnswerIsAlive() {
        var group = Group.stable(["anna", "bo"], sessionTimeout: 100)
        _ = group.join(.sample("anna"), newID: "x", now: 10)
        _ = group.tick(now: 50)
        _ = group.heartbeat(member: "bo", instanceID: nil, generation: 1, now: 90)
        _ = group.tick(now: 180)
        #expect(group.members["anna"] != nil)
    }

    @Test func aRebalanceContinuesWithoutMembersThatDoNotJoin() {
        var group = Group.stable(["anna", "bo"], rebalanceTimeout: 200)
        #expect(group.join(.sample("anna", rebalanceTimeout: 200, metadata: [9]), newID: "x", now: 0).isEmpty)
        let effects = group.tick(now: 200)
        #expect(effects.joined("anna")?.members.map(\.id) == ["anna"])
    }

    @Test func aStaleGenerationMayNotCommit() {
        let group = Group.stable(["anna"])
        #expect(group.validateCommit(member: "anna", instanceID: nil, generation: 1) == nil)
        #expect(group.validateCommit(member: "anna", instanceID: nil, generation: 0) == .illegalGeneration)
        #expect(group.validateCommit(member: "zoe", instanceID: nil, generation: 1) == .unknownMemberID)
        #expect(group.validateCommit(member: "", instanceID: nil, generation: -1) == .unknownMemberID)
    }

    @Test func aStaticMemberComesBackWithoutARebalance() throws {
        var group = Group(id: "g", initialDelay: 0)
        _ = group.join(.sample(instanceID: "turbine-7"), newID: "old", now: 0)
        _ = group.sync(member: "old", instanceID: nil, generation: 1, assignments: ["old": [5]], now: 1)
        let back = try #require(group.join(.sample(instanceID: "turbine-7"), newID: "new", now: 2).joined("new"))
        #expect(back.generation == 1)
        #expect(back.leader == "old")
        #expect(
            group.sync(member: "new", instanceID: "turbine-7", generation: 1, assignments: [:], now: 3)
                .synced("new")?.assignment == [5]
        )
        #expect(group.heartbeat(member: "old", instanceID: "turbine-7", generation: 1, now: 4) == .fencedInstanceID)
    }

    @Test func membersWithoutACommonProtocolAreRefused() {
        var group = Group.stable(["anna"])
        let effects = group.join(.sample(protocols: [("sticky", [])]), newID: "bo", now: 5)
        #expect(effects.joined("bo")?.error == .inconsistentGroupProtocol)
    }

    @Test func theProtocolIsTheFirstThatAllMembersSupport() {
        var group = Group(id: "g", initialDelay: 10)
        _ = group.join(.sample(protocols: [("sticky", []), ("range", [])]), newID: "anna", now: 0)
        _ = group.join(.sample(protocols: [("range", [])]), newID: "bo", now: 0)
        _ = group.tick(now: 10)
        #expect(group.tick(now: 20).joined("bo")?.protocolName == "range")
    }

    @Test func theProtocolIsTheOneThatMostMembersPrefer() {
        var group = Group(id: "g", initialDelay: 10)
        let both = [(name: "sticky", metadata: [UInt8]()), (name: "range", metadata: [])]
        _ = group.join(.sample(protocols: both), newID: "anna", now: 0)
        _ = group.join(.sample(protocols: both.reversed()), newID: "bo", now: 0)
        _ = group.join(.sample(protocols: both.reversed()), newID: "cy", now: 0)
        _ = group.tick(now: 10)
        #expect(group.tick(now: 20).joined("anna")?.protocolName == "range")
    }

    @Test func theInitialDelayIsNeverLongerThanTheRebalanceTimeout() {
        var group = Group(id: "g", initialDelay: 300)
        _ = group.join(.sample(rebalanceTimeout: 500), newID: "0", now: 0)
        _ = group.join(.sample(), newID: "1", now: 100)
        #expect(group.tick(now: 300).isEmpty)
        _ = group.join(.sample(), newID: "2", now: 400)
        #expect(group.tick(now: 500).joined("2") != nil)
    }

    @Test func aStaticMemberThatMissesARebalanceKeepsItsPlaceUntilItsSessionEnds() throws {
        var group = Group(id: "g", initialDelay: 0)
        _ = group.join(.sample(sessionTimeout: 1000, rebalanceTimeout: 200), newID: "anna", now: 0)
        let turbine = Group.Join.sample(instanceID: "turbine-7", sessionTimeout: 1000, rebalanceTimeout: 200)
        _ = group.join(turbine, newID: "bo", now: 0)
        let effects = group.join(.sample("anna", sessionTimeout: 1000, rebalanceTimeout: 200), newID: "x", now: 1)
        #expect(effects.joined("anna")?.members.map(\.id) == ["anna", "bo"])
        _ = group.sync(member: "anna", instanceID: nil, generation: 2, assignments: ["bo": [7]], now: 2)
        _ = group.sync(member: "bo", instanceID: "turbine-7", generation: 2, assignments: [:], now: 2)
        // Anna changes her metadata; the turbine does not join in time.
        let other = Group.Join.sample("anna", sessionTimeout: 1000, rebalanceTimeout: 200, metadata: [9])
        #expect(group.join(other, newID: "x", now: 3).isEmpty)
        let joined = try #require(group.tick(now: 203).joined("anna"))
        #expect(joined.members.map(\.id) == ["anna", "bo"])
        _ = group.sync(member: "anna", instanceID: nil, generation: 3, assignments: ["bo": [8]], now: 204)
        // It was only away for a moment.
        let back = try #require(
            group.sync(member: "bo", instanceID: "turbine-7", generation: 3, assignments: [:], now: 205).synced("bo")
        )
        #expect(back.assignment == [8])
        _ = group.heartbeat(member: "anna", instanceID: nil, generation: 3, now: 1000)
        _ = group.tick(now: 1206)
        #expect(Array(group.members.keys) == ["anna"])
    }

    @Test func anAbsentLeaderIsReplacedByAMemberThatJoined() {
        var group = Group(id: "g", initialDelay: 0)
        _ = group.join(.sample(instanceID: "turbine-7", rebalanceTimeout: 200), newID: "anna", now: 0)
        #expect(group.join(.sample(rebalanceTimeout: 200), newID: "bo", now: 1).isEmpty)
        let effects = group.tick(now: 201)
        #expect(effects.joined("bo")?.leader == "bo")
        #expect(effects.joined("bo")?.members.count == 2)
    }

    @Test func aMemberThatDoesNotAskForItsAssignmentIsDroppedAfterTheRebalanceTimeout() {
        var group = Group(id: "g", initialDelay: 10)
        _ = group.join(.sample(rebalanceTimeout: 200), newID: "anna", now: 0)
        _ = group.join(.sample(rebalanceTimeout: 200), newID: "bo", now: 0)
        _ = group.tick(now: 10)
        _ = group.tick(now: 20)
        _ = group.sync(member: "anna", instanceID: nil, generation: 1, assignments: [:], now: 30)
        _ = group.tick(now: 219)
        #expect(group.members.count == 2)
        _ = group.tick(now: 220)
        #expect(Array(group.members.keys) == ["anna"])
    }

    @Test func anUnknownMemberIsRefusedAndAReplacedOneIsFenced() {
        var group = Group.stable(["anna"])
        #expect(group.leave(member: "", instanceID: "turbine-7", now: 1).error == .unknownMemberID)
        #expect(group.heartbeat(member: "anna", instanceID: "turbine-7", generation: 1, now: 1) == .unknownMemberID)
        #expect(
            group.join(.sample("anna", instanceID: "turbine-7"), newID: "x", now: 1).joined("anna")?.error
                == .unknownMemberID
        )
        var other = Group(id: "g", initialDelay: 0)
        _ = other.join(.sample(instanceID: "turbine-7"), newID: "anna", now: 0)
        #expect(other.leave(member: "bo", instanceID: "turbine-7", now: 1).error == .fencedInstanceID)
        #expect(other.leave(member: "", instanceID: "turbine-7", now: 1).error == .none)
        #expect(other.isUnused)
    }

    @Test func aTransactionsOffsetsAreAcceptedBeforeTheAssignment() {
        var group = Group(id: "g", initialDelay: 0)
        _ = group.join(.sample(), newID: "anna", now: 0)
        #expect(group.validateCommit(member: "anna", instanceID: nil, generation: 1) == .rebalanceInProgress)
        #expect(
            group.validateCommit(member: "anna", instanceID: nil, generation: 1, isTransactional: true) == nil
        )
    }

    @Test func aGroupKnowsWhatItReads() {
        let topics: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 2, 0x69, 0x6e, 0xff, 0xff, 0xff, 0xff]  // version, ["in"], no data
        var group = Group(id: "g", initialDelay: 0)
        #expect(!group.isSubscribed(to: "in"))
        _ = group.join(.sample(protocols: [("range", topics)]), newID: "anna", now: 0)
        #expect(group.isSubscribed(to: "in"))
        #expect(!group.isSubscribed(to: "out"))
    }

    @Test func offsetsExpireWhenTheirGroupHasBeenEmptyForALongTime() {
        var coordinator = GroupCoordinator(initialDelay: 0)
        let partition = TopicPartition(topic: "in", partition: 0)
        for group in ["gone", "alive"] {
            let committed = CommittedOffset(offset: 1, leaderEpoch: 0, metadata: "", timestamp: 0)
            coordinator.offsets.apply(OffsetRecord(group: group, partition: partition, committed: committed))
        }
        _ = coordinator.update("alive") { $0.join(.sample(), newID: "anna", now: 0) }
        // Counted from the start, however old the commit is: which members were there before is unknown.
        #expect(coordinator.expiredOffsets(retention: 100, now: 1000).isEmpty)
        #expect(coordinator.expiredOffsets(retention: 100, now: 1100).isEmpty)
        #expect(coordinator.expiredOffsets(retention: 100, now: 1101).map(\.group) == ["gone"])
        _ = coordinator.update("alive") { $0.leave(member: "anna", instanceID: nil, now: 0) }
        #expect(coordinator.expiredOffsets(retention: 100, now: 2000).map(\.group) == ["gone"])
        #expect(Set(coordinator.expiredOffsets(retention: 100, now: 2101).map(\.group)) == ["gone", "alive"])
    }

    @Test func theLastMemberToLeaveEmptiesTheGroup() {
        var group = Group.stable(["anna"])
        #expect(group.leave(member: "anna", instanceID: nil, now: 5).error == .none)
        #expect(group.state == .empty)
        #expect(group.isUnused)
        #expect(group.validateCommit(member: "", instanceID: nil, generation: -1) == nil)
    }
}

extension Group.Join {
    fileprivate static func sample(
        _ memberID: String = "",
        instanceID: String? = nil,
        sessionTimeout: Int64 = 10_000,
        rebalanceTimeout: Int64 = 60_000,
        metadata: [UInt8] = [],
        protocols: [(name: String, metadata: [UInt8])]? = nil,
        requiresMemberID: Bool = false
    ) -> Self {
        Self(
            memberID: memberID,
            instanceID: instanceID,
            sessionTimeout: sessionTimeout,
            rebalanceTimeout: rebalanceTimeout,
            protocolType: "consumer",
            protocols: protocols ?? [("range", metadata)],
            requiresMemberID: requiresMemberID
        )
    }
}

extension Group {
    /// A stable group of the given members; the first one leads.
    fileprivate static func stable(
        _ members: [String],
        sessionTimeout: Int64 = 10_000,
        rebalanceTimeout: Int64 = 60_000
    ) -> Group {
        var group = Group(id: "g", initialDelay: 1)
        for member in members {
            _ = group.join(
                .sample(sessionTimeout: sessionTimeout, rebalanceTimeout: rebalanceTimeout),
                newID: member,
                now: -1
            )
        }
        _ = group.tick(now: 0)
        _ = group.tick(now: 1)
        for member in members.reversed() {
            _ = group.sync(member: member, instanceID: nil, generation: 1, assignments: [:], now: 0)
        }
        return group
    }
}

extension [Group.Effect] {
    fileprivate func joined(_ member: String) -> Group.Joined? {
        for case .joined(member, let answer) in self { return answer }
        return nil
    }

    fileprivate func synced(_ member: String) -> Group.Synced? {
        for case .synced(member, let answer) in self { return answer }
        return nil
    }
}
