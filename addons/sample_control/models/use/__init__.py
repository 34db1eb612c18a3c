# what the models below inherit comes first
from . import sample_deadline_mixin, sample_origin_mixin  # isort: skip
from . import sample_judgement_mixin, sample_judgement_line_mixin  # isort: skip
from . import loan_loan
from . import sample_comparison
from . import sample_dispatch
from . import sample_first_article
from . import sample_sample
