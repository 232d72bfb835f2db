"""The form model: an XForm's definition, and the state of one filling of it.

`definition.Definition` is what a form says, read once; `state.State` is one instance being filled: what is asked,
required, offered, calculated and wrong after each answer, as the reference engines compute it.
"""
