// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

public import Identifiers

/// What was answered to a task's check: the one that its kind asks for.
public struct TaskAnswer: Codable, Hashable, Sendable {
    public var yes: Bool?
    public var choice: String?
    /// A decimal in plain digits.
    public var number: String?
    /// Of `signature`: the name of who signs.
    public var text: String?
    /// Of a meter: whether it was exchanged or set back, so that it shows less than before.
    public var isReset: Bool?
    /// Of `photo`: the image, a file of the work order.
    public var attachment: AttachmentID?

    public init(
        yes: Bool? = nil,
        choice: String? = nil,
        number: String? = nil,
        text: String? = nil,
        isReset: Bool? = nil,
        attachment: AttachmentID? = nil
    ) {
        self.yes = yes
        self.choice = choice
        self.number = number
        self.text = text
        self.isReset = isReset
        self.attachment = attachment
    }
}
