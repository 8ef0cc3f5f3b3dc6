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
        let effects = group.tick(now: 300)
        #expect(effects.joined("anna")?.members.count == 2)
        #expect(effects.joined("bo")?.members.isEmpty == true)
        #expect(group.generation == 1)
    }

    @Test func aSecondMemberBringsARebalanceThatTheFirstLearnsOfByHeartbeat() throws {
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

    @Test func aRebalanceGoesOnWithoutThoseWhoDoNotCome() {
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

    @Test func theProtocolIsTheFirstThatAllSupport() {
        var group = Group(id: "g", initialDelay: 10)
        _ = group.join(.sample(protocols: [("sticky", []), ("range", [])]), newID: "anna", now: 0)
        _ = group.join(.sample(protocols: [("range", [])]), newID: "bo", now: 0)
        #expect(group.tick(now: 10).joined("bo")?.protocolName == "range")
    }

    @Test func theLastOneToLeaveEmptiesTheGroup() {
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
    /// A settled group of the given members; the first one leads.
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
