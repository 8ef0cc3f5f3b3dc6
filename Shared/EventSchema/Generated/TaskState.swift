// Made by `make events` from Schemas/workorder.state.v3.avsc: edit that instead.

public import Foundation
public import Identifiers

/// A task of a work order.
public struct TaskState: Codable, Hashable, Sendable {
    public var id: TaskID
    public var title: String
    /// 1 for the first task to do.
    public var position: Int
    public var status: TaskStatus
    public var completedAt: Date?
    public var completedBy: UserID?
    public var notes: String?

    public init(
        id: TaskID,
        title: String,
        position: Int,
        status: TaskStatus,
        completedAt: Date?,
        completedBy: UserID?,
        notes: String?
    ) {
        self.id = id
        self.title = title
        self.position = position
        self.status = status
        self.completedAt = completedAt
        self.completedBy = completedBy
        self.notes = notes
    }
}
