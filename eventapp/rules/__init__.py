"""Pure decisions: values in, values or a DomainError out; `now` is a parameter."""
